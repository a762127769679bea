/**
 * Unigram: of all ways to cut a word into pieces of the vocabulary, the one whose scores (logarithms of probabilities) have the
 * largest sum (Viterbi). A character that is no piece may be unknown, at the lowest score of the vocabulary minus 10; unknown
 * characters that follow each other are one token, or their bytes.
 */

import { check } from '../check.ts'
import { byteIds } from './bpe.ts'
import type { TokenModel, WordToken } from './models.ts'
import { unigram } from './schema.ts'
import { Trie } from './trie.ts'
import { readScores } from './vocabulary.ts'

const PENALTY = 10
const MOST_KNOWN = 50_000
const LONGEST_KNOWN = 256

export function buildUnigram(json: unknown, label: string): TokenModel {
  const { vocab, unk_id, byte_fallback } = check(unigram, json, `${label}: model`)
  const pieces = readScores(vocab, `${label}: model`)
  if (unk_id != null && unk_id >= pieces.length)
    throw new Error(`${label}: model: unk_id ${unk_id} is not in vocab, which has ${pieces.length} pieces`)
  const ids = new Map(pieces.map(([piece], id) => [piece, id]))
  const scores = Float64Array.from(pieces, ([, score]) => score)
  const lowest = scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY)
  const lattice: Lattice = { trie: new Trie(ids), scores, unknown: unk_id ?? -1, unknownScore: lowest - PENALTY }
  const missing = (): never => {
    throw new Error(`${label}: model: the text has a character that vocab does not have, and there is no unk_id`)
  }
  const spell = (word: string, { start, end }: WordToken): WordToken[] => {
    const id = ids.get(word.slice(start, end))
    if (id !== undefined) return [{ id, start, end }]
    const bytes = byte_fallback ? byteIds(word.slice(start, end), ids) : undefined
    return bytes?.map((byte) => ({ id: byte, start, end })) ?? [{ id: unk_id ?? missing(), start, end }]
  }
  const known = new Map<string, WordToken[]>()
  const tokenize = (word: string): WordToken[] => {
    const seen = known.get(word)
    if (seen) return seen
    const made = fused(best(word, lattice, missing), lattice.unknown).flatMap((piece) => spell(word, piece))
    if (word.length <= LONGEST_KNOWN && known.size < MOST_KNOWN) known.set(word, made)
    return made
  }
  return { ids, tokenize }
}

interface Lattice {
  readonly trie: Trie
  readonly scores: Float64Array
  /** −1: there is no unknown token. */
  readonly unknown: number
  readonly unknownScore: number
}

/** The best cut, by the best way to reach each place from the left; the way found first wins between equals. */
function best(word: string, { trie, scores, unknown, unknownScore }: Lattice, missing: () => never): WordToken[] {
  const reached = new Float64Array(word.length + 1)
  const cameFrom = new Int32Array(word.length + 1).fill(-1)
  const byPiece = new Int32Array(word.length + 1)
  const offer = (start: number, end: number, id: number, score: number): void => {
    const total = score + reached[start]!
    if (cameFrom[end]! >= 0 && total <= reached[end]!) return
    reached[end] = total
    cameFrom[end] = start
    byPiece[end] = id
  }
  for (let start = 0; start < word.length; ) {
    const single = start + (word.codePointAt(start)! > 0xffff ? 2 : 1)
    let alone = false
    let node = Trie.ROOT
    for (let end = start; end < word.length; ) {
      node = trie.step(node, word.charCodeAt(end++))
      if (node === 0) break
      const id = trie.value(node)
      if (id < 0) continue
      offer(start, end, id, scores[id]!)
      alone ||= end === single
    }
    if (!alone) {
      if (unknown < 0) missing()
      offer(start, single, unknown, unknownScore)
    }
    start = single
  }
  const made: WordToken[] = []
  for (let end = word.length; end > 0; end = cameFrom[end]!) made.push({ id: byPiece[end]!, start: cameFrom[end]!, end })
  return made.reverse()
}

/** Unknown pieces that follow each other become one. */
function fused(pieces: readonly WordToken[], unknown: number): WordToken[] {
  const made: WordToken[] = []
  for (const piece of pieces) {
    const last = made.at(-1)
    if (piece.id === unknown && last?.id === unknown) made[made.length - 1] = { ...last, end: piece.end }
    else made.push(piece)
  }
  return made
}
