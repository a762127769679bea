/**
 * WordPiece: each word is cut into the longest pieces of the vocabulary, from left to right; pieces after the first carry a prefix
 * ("##"). A word that cannot be cut so, or has too many characters, is one unknown token.
 */

import { check } from '../check.ts'
import type { TokenModel, WordToken } from './models.ts'
import { quoted } from './quoted.ts'
import { wordPiece } from './schema.ts'
import { readVocabulary } from './vocabulary.ts'

export function buildWordPiece(json: unknown, label: string): TokenModel {
  const {
    vocab,
    unk_token,
    continuing_subword_prefix: prefix,
    max_input_chars_per_word: longest,
  } = check(wordPiece, json, `${label}: model`)
  const ids = readVocabulary(vocab, `${label}: model`)
  const unknown = ids.get(unk_token)
  if (unknown === undefined) throw new Error(`${label}: model: unk_token ${quoted(unk_token)} is not in vocab`)
  const tokenize = (word: string): WordToken[] => {
    const ends = characterEnds(word)
    return (ends.length <= longest ? cut(word, ends, ids, prefix) : undefined) ?? [{ id: unknown, start: 0, end: word.length }]
  }
  return { ids, tokenize }
}

/** Where each character ends, in UTF-16 units. */
function characterEnds(word: string): number[] {
  const ends: number[] = []
  let at = 0
  for (const character of word) {
    at += character.length
    ends.push(at)
  }
  return ends
}

function cut(word: string, ends: readonly number[], ids: ReadonlyMap<string, number>, prefix: string): WordToken[] | undefined {
  const pieces: WordToken[] = []
  let start = 0
  let first = 0
  while (start < word.length) {
    let last = ends.length - 1
    let id: number | undefined
    for (; last >= first; last--) {
      const piece = word.slice(start, ends[last])
      id = ids.get(start > 0 ? prefix + piece : piece)
      if (id !== undefined) break
    }
    if (id === undefined) return undefined
    pieces.push({ id, start, end: ends[last]! })
    start = ends[last]!
    first = last + 1
  }
  return pieces
}
