/**
 * The precompiled character map of SentencePiece: a double-array trie of UTF-8 strings (Darts), whose leaves say where in a list of
 * strings, each closed by a zero byte, the replacement begins.
 *
 *     u32 size of the trie in bytes · u32 units of the trie · the strings
 *
 * A cluster of characters of fewer than six bytes is replaced as a whole if the trie knows a beginning of it; otherwise each of its
 * characters is looked up alone.
 */

import type { Rewritten } from './aligned.ts'

/** The rewriting of a text; undefined if it changes nothing. */
export type Charsmap = (text: string) => Rewritten[] | undefined

const encoder = new TextEncoder()

/** Throws one line if the map is broken. */
export function readCharsmap(base64: string, label: string): Charsmap {
  const { units, strings } = parse(base64, label)
  const known = new Map<string, string | undefined>()
  const lookUp = (part: string): string | undefined => {
    if (known.has(part)) return known.get(part)
    const offset = shortestPrefix(units, encoder.encode(part))
    const found = offset === undefined ? undefined : stringAt(strings, offset)
    if (known.size < MOST_KNOWN) known.set(part, found)
    return found
  }
  return (text) => rewrite(text, lookUp)
}

const MOST_KNOWN = 50_000
const BROKEN = 'precompiled_charsmap is broken'

function parse(base64: string, label: string): { units: Uint32Array; strings: Uint8Array } {
  let bytes: Uint8Array
  try {
    bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
  } catch {
    throw new Error(`${label}: ${BROKEN}: it is not base64`)
  }
  const view = new DataView(bytes.buffer)
  const count = bytes.length >= 4 ? Math.floor(view.getUint32(0, true) / 4) : 0
  if (count === 0 || 4 + 4 * count > bytes.length)
    throw new Error(`${label}: ${BROKEN}: its trie would have ${count} units, the file has ${bytes.length} bytes`)
  const strings = bytes.subarray(4 + 4 * count)
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(strings)
  } catch {
    throw new Error(`${label}: ${BROKEN}: its strings are not UTF-8`)
  }
  return { units: Uint32Array.from({ length: count }, (_, n) => view.getUint32(4 + 4 * n, true)), strings }
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6)

/** The value of the shortest beginning of `key` that the trie has. */
function shortestPrefix(units: Uint32Array, key: Uint8Array): number | undefined {
  let node = offsetOf(units[0]!)
  for (const byte of key) {
    if (byte === 0) return undefined
    node ^= byte
    const unit = units[node]
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined
    node ^= offsetOf(unit)
    if ((unit & 0x100) === 0) continue
    const leaf = units[node]
    return leaf === undefined ? undefined : leaf & 0x7fffffff
  }
  return undefined
}

function stringAt(strings: Uint8Array, offset: number): string | undefined {
  if (offset > strings.length) return undefined
  const end = strings.indexOf(0, offset)
  return new TextDecoder().decode(strings.subarray(offset, end < 0 ? strings.length : end))
}

/** A line break of two characters; an ASCII character that nothing combines with; a stretch with anything else. */
const STRETCH = /\r\n|\p{ASCII}(?!\P{ASCII})|\p{ASCII}?\P{ASCII}+/gu
/** A cluster with six bytes or more is never looked up as a whole. */
const LONGEST_CLUSTER = 5

function rewrite(text: string, lookUp: (part: string) => string | undefined): Rewritten[] | undefined {
  const made: Rewritten[] = []
  let changed = false
  const single = (character: string): void => {
    const found = lookUp(character)
    if (found === undefined) made.push({ character, change: 0 })
    else put(made, 1, found)
    changed ||= found !== undefined
  }
  for (const cluster of clusters(text)) {
    const size = [...cluster].length
    const whole = size > 1 && encoder.encode(cluster).length <= LONGEST_CLUSTER ? lookUp(cluster) : undefined
    if (whole === undefined) for (const character of cluster) single(character)
    else {
      put(made, size, whole)
      changed = true
    }
  }
  return changed ? made : undefined
}

let segmenter: Intl.Segmenter | undefined

function* clusters(text: string): Generator<string> {
  for (const [stretch] of text.matchAll(STRETCH)) {
    if (stretch.length === 1 || stretch === '\r\n') yield stretch
    else {
      segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
      for (const { segment } of segmenter.segment(stretch)) yield segment
    }
  }
}

/** `content` takes the place of the next `count` characters. What replaces by nothing is taken out with the character before. */
function put(made: Rewritten[], count: number, content: string): void {
  const characters = [...content]
  for (const [n, character] of characters.entries()) made.push({ character, change: n < count ? 0 : 1 })
  const last = made.at(-1)
  if (characters.length < count && last) made[made.length - 1] = { ...last, change: last.change + characters.length - count }
}
