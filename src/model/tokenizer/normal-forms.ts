/**
 * The four normal forms of Unicode, with what becomes of every character. As in unicode.ts, the characters on which the old tables
 * of the Rust crate `tokenizers` and Unicode 17 differ are listed: those pass unchanged.
 */

import type { Rewritten } from './aligned.ts'
import { set } from './unicode.ts'

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/** Neither decomposed nor reordered, and nothing is composed with them. */
const UNKNOWN = set(
  '7fd 897-89f 8ca-8d3 9fe c3c d3b-d3c eba 1715 1abf-1add 1ae0-1aeb 1df6-1dfa a82c 105c9 105e4 10d24-10d27 10d69-10d6d ' +
    '10eab-10eac 10efa-10efb 10efd-10eff 10f46-10f50 10f82-10f85 11070 1133b 11383 11385 1138e 11391 113c5 113c7-113c8 ' +
    '113ce-113d0 1145e 11839-1183a 11938 1193d-1193e 11943 119e0 11a34 11a47 11a99 11d42 11d44-11d45 11d97 11f41-11f42 ' +
    '16121-16128 1612f 16d68-16d6a 16ff0-16ff1 1e08f 1e130-1e136 1e2ae 1e2ec-1e2ef 1e4ec-1e4ef 1e5ee-1e5ef 1e6e3 1e6e6 ' +
    '1e6ee-1e6ef 1e6f5',
)

/** Their compatibility decomposition is not known either. */
const UNKNOWN_COMPATIBILITY = set(
  '32ff a7f1-a7f4 ab69 10781-10785 10787-107b0 107b2-107ba 1ccd6-1ccf9 1e030-1e06d 1f16c 1fbf0-1fbf9',
)

/** The text in a normal form, character by character. */
export function* normalForm(text: string, form: NormalForm): Generator<Rewritten> {
  const compatible = form === 'NFKC' || form === 'NFKD'
  const parts = decompose(text, compatible)
  yield* form === 'NFC' || form === 'NFKC' ? compose([...parts]) : parts
}

/** Each character is taken apart on its own; then marks are put where the normal form of the whole puts them. */
function* decompose(text: string, compatible: boolean): Generator<Rewritten> {
  const form = compatible ? 'NFKD' : 'NFD'
  let known: string[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (!UNKNOWN.has(code) && !(compatible && UNKNOWN_COMPATIBILITY.has(code))) {
      known.push(character)
      continue
    }
    yield* decomposeKnown(known, form)
    known = []
    yield { character, change: 0 }
  }
  yield* decomposeKnown(known, form)
}

/** Equal characters never change their order, so the n-th of them in the result is the n-th of them taken apart. */
function* decomposeKnown(characters: readonly string[], form: 'NFD' | 'NFKD'): Generator<Rewritten> {
  const waiting = new Map<string, { changes: number[]; next: number }>()
  for (const character of characters) {
    let change = 0
    for (const part of character.normalize(form)) {
      const same = waiting.get(part) ?? { changes: [], next: 0 }
      waiting.set(part, same)
      same.changes.push(change)
      change = 1
    }
  }
  for (const character of characters.join('').normalize(form)) {
    const same = waiting.get(character)!
    yield { character, change: same.changes[same.next++]! }
  }
}

/** Puts together what was taken apart. The second and later parts of a character need not stand right behind the first. */
function* compose(parts: readonly Rewritten[]): Generator<Rewritten> {
  const taken = new Uint8Array(parts.length)
  const composed = composedText(parts)
  let next = 0
  for (const character of composed) {
    while (taken[next] === 1) next++
    let change = parts[next]!.change
    let at = next
    taken[next] = 1
    const unknown = UNKNOWN.has(character.codePointAt(0)!)
    for (const part of unknown ? [] : [...character.normalize('NFD')].slice(1)) {
      do at++
      while (taken[at] === 1 || parts[at]!.character !== part)
      taken[at] = 1
      change += parts[at]!.change - 1
    }
    yield { character, change }
  }
}

/** NFC of the stretches between unknown characters. */
function composedText(parts: readonly Rewritten[]): string {
  const made: string[] = []
  let known: string[] = []
  for (const { character } of parts) {
    if (!UNKNOWN.has(character.codePointAt(0)!)) {
      known.push(character)
      continue
    }
    made.push(known.join('').normalize('NFC'), character)
    known = []
  }
  made.push(known.join('').normalize('NFC'))
  return made.join('')
}
