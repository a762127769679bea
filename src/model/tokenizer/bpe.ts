/**
 * Byte-pair encoding: a word starts as its characters; of all neighbours that a merge joins, the pair whose merge has the lowest
 * rank is joined (the leftmost of equals), until none is left. With a heap of the pairs and a linked list of the pieces a word of n
 * characters takes O(n log n).
 */

import { check } from '../check.ts'
import type { TokenModel, WordToken } from './models.ts'
import { PairTable } from './pair-table.ts'
import { byteLengthOf, type Piece, ranged } from './pieces.ts'
import { quoted } from './quoted.ts'
import { bpe } from './schema.ts'
import { readMerges, readVocabulary } from './vocabulary.ts'

type Options = Omit<ReturnType<typeof bpe.parse>, 'vocab' | 'merges' | 'dropout'>

/** Rank and place of a pair share one float64. */
const MOST_MERGES = 2 ** 22
const PLACES = 2 ** 30

const MOST_KNOWN = 50_000
const LONGEST_KNOWN = 256

export function buildBpe(json: unknown, label: string): TokenModel {
  const { vocab, merges, dropout, ...options } = check(bpe, json, `${label}: model`)
  if (dropout)
    throw new Error(`${label}: model: dropout ${dropout} is not supported: the same text would give other tokens each time`)
  const ids = readVocabulary(vocab, `${label}: model`)
  const joins = buildJoins(merges, ids, options.continuing_subword_prefix ?? '', `${label}: model`)
  const known = new Map<string, WordToken[]>()
  const tokenize = (word: string): WordToken[] => {
    const seen = known.get(word)
    if (seen) return seen
    const whole = options.ignore_merges ? ids.get(word) : undefined
    const made =
      whole === undefined
        ? ranged(word, joinAll(charactersOf(word, ids, options), joins))
        : [{ id: whole, start: 0, end: word.length }]
    if (word.length <= LONGEST_KNOWN && known.size < MOST_KNOWN) known.set(word, made)
    return made
  }
  return { ids, tokenize }
}

interface Joins {
  readonly ranks: PairTable
  /** Rank → the id of the joined piece. */
  readonly joined: Int32Array
}

function buildJoins(list: readonly unknown[], ids: ReadonlyMap<string, number>, prefix: string, label: string): Joins {
  if (list.length > MOST_MERGES) throw new Error(`${label}: ${list.length} merges are more than ${MOST_MERGES}`)
  const merges = readMerges(list, label)
  const joins = { ranks: new PairTable(merges.length), joined: new Int32Array(merges.length) }
  const idOf = (piece: string, rank: number): number => {
    const id = ids.get(piece)
    if (id === undefined) throw new Error(`${label}: merges.${rank}: ${quoted(piece)} is not in vocab`)
    return id
  }
  for (const [rank, [left, right]] of merges.entries()) {
    if (!right.startsWith(prefix))
      throw new Error(`${label}: merges.${rank}: ${quoted(right)} does not begin with ${quoted(prefix)}`)
    joins.ranks.set(idOf(left, rank), idOf(right, rank), rank)
    joins.joined[rank] = idOf(left + right.slice(prefix.length), rank)
  }
  return joins
}

/**
 * The characters of a word as ids. One that the vocabulary does not have becomes its bytes (`byte_fallback`) or unknown; without
 * an unknown token it vanishes. As in the original, bytes do not end a stretch of unknown characters: it comes after them.
 */
function charactersOf(word: string, ids: ReadonlyMap<string, number>, options: Options): Piece[] {
  const { unk_token: unknownToken, fuse_unk: fuse, byte_fallback: fallsBack } = options
  const pieces: Piece[] = []
  let waiting: Piece | undefined
  const flush = (): void => {
    if (waiting) pieces.push(waiting)
    waiting = undefined
  }
  let at = 0
  for (const character of word) {
    const prefix = at > 0 ? (options.continuing_subword_prefix ?? '') : ''
    at += character.length
    const spelled = prefix + character + (at === word.length ? (options.end_of_word_suffix ?? '') : '')
    const id = ids.get(spelled)
    const bytes = id === undefined && fallsBack ? byteIds(spelled, ids) : undefined
    if (bytes) pieces.push(...bytes.map((byte) => ({ id: byte, bytes: 1 })))
    else if (id !== undefined) {
      flush()
      pieces.push({ id, bytes: byteLengthOf(character) })
    } else if (unknownToken != null) {
      const more = waiting && fuse ? waiting.bytes : 0
      if (!fuse) flush()
      waiting = { id: unknownId(unknownToken, ids), bytes: more + byteLengthOf(character) }
    }
  }
  flush()
  return pieces
}

function unknownId(token: string, ids: ReadonlyMap<string, number>): number {
  const id = ids.get(token)
  if (id === undefined) throw new Error(`tokenizer: the text needs unk_token ${quoted(token)}, which is not in vocab`)
  return id
}

const encoder = new TextEncoder()

/** The ids of <0x00> … <0xFF> for the bytes of a text; undefined if one of them is not in the vocabulary. */
export function byteIds(text: string, ids: ReadonlyMap<string, number>): number[] | undefined {
  const made: number[] = []
  for (const byte of encoder.encode(text)) {
    const id = ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
    if (id === undefined) return undefined
    made.push(id)
  }
  return made
}

function joinAll(pieces: readonly Piece[], { ranks, joined }: Joins): Piece[] {
  const count = pieces.length
  const ids = Int32Array.from(pieces, ({ id }) => id)
  const bytes = Int32Array.from(pieces, (piece) => piece.bytes)
  const before = Int32Array.from(pieces, (_, n) => n - 1)
  const behind = Int32Array.from(pieces, (_, n) => n + 1)
  const heap = new Heap(count)
  const offer = (left: number, right: number): void => {
    if (left < 0 || right >= count) return
    const rank = ranks.get(ids[left]!, ids[right]!)
    if (rank >= 0) heap.push(rank * PLACES + left)
  }
  for (let n = 0; n + 1 < count; n++) offer(n, n + 1)
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const left = top % PLACES
    const id = joined[(top - left) / PLACES]!
    const right = behind[left]!
    if (bytes[left] === 0 || right >= count) continue
    const rank = ranks.get(ids[left]!, ids[right]!)
    if (rank < 0 || joined[rank] !== id) continue
    ids[left] = id
    bytes[left]! += bytes[right]!
    bytes[right] = 0
    behind[left] = behind[right]!
    if (behind[left]! < count) before[behind[left]!] = left
    offer(before[left]!, left)
    offer(left, behind[left]!)
  }
  const made: Piece[] = []
  for (let n = 0; n < count; n++) if (bytes[n]! > 0) made.push({ id: ids[n]!, bytes: bytes[n]! })
  return made
}

/** The smallest number comes out first. */
class Heap {
  #keys: Float64Array
  #size = 0

  constructor(capacity: number) {
    this.#keys = new Float64Array(Math.max(4, capacity))
  }

  push(key: number): void {
    if (this.#size === this.#keys.length) {
      const more = new Float64Array(2 * this.#size)
      more.set(this.#keys)
      this.#keys = more
    }
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#keys[parent]! <= key) break
      this.#keys[at] = this.#keys[parent]!
      at = parent
    }
    this.#keys[at] = key
  }

  pop(): number | undefined {
    if (this.#size === 0) return undefined
    const keys = this.#keys
    const top = keys[0]!
    const last = keys[--this.#size]!
    let at = 0
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && keys[child + 1]! < keys[child]!) child++
      if (keys[child]! >= last) break
      keys[at] = keys[child]!
      at = child
    }
    keys[at] = last
    return top
  }
}
