/** What cuts words into pieces: one model a type of tokenizer.json. */

import { check } from '../check.ts'
import { buildBpe } from './bpe.ts'
import { quoted } from './quoted.ts'
import { wordLevel } from './schema.ts'
import { buildUnigram } from './unigram.ts'
import { readVocabulary } from './vocabulary.ts'
import { buildWordPiece } from './wordpiece.ts'

/** A piece of a word; start and end count UTF-16 units of the normalised word. */
export interface WordToken {
  readonly id: number
  readonly start: number
  readonly end: number
}

export interface TokenModel {
  readonly ids: ReadonlyMap<string, number>
  tokenize(word: string): readonly WordToken[]
}

const MODELS: Record<string, (json: unknown, label: string) => TokenModel> = {
  BPE: buildBpe,
  Unigram: buildUnigram,
  WordLevel: buildWordLevel,
  WordPiece: buildWordPiece,
}

/** Throws one line for a type that Regard does not have. */
export function buildModel(json: Record<string, unknown> & { type?: string | undefined }, label: string): TokenModel {
  const type = json.type ?? typeOf(json)
  const build = Object.hasOwn(MODELS, type) ? MODELS[type] : undefined
  if (!build) throw new Error(`${label}: model ${quoted(type)} is not supported; ${Object.keys(MODELS).join(', ')} are`)
  return build(json, label)
}

/** Early files do not name the type of their model. */
function typeOf(json: Record<string, unknown>): string {
  if ('merges' in json) return 'BPE'
  if (Array.isArray(json.vocab)) return 'Unigram'
  return 'max_input_chars_per_word' in json || 'continuing_subword_prefix' in json ? 'WordPiece' : 'WordLevel'
}

/** WordLevel: a word is a token, or unknown. */
function buildWordLevel(json: unknown, label: string): TokenModel {
  const { vocab, unk_token } = check(wordLevel, json, `${label}: model`)
  const ids = readVocabulary(vocab, `${label}: model`)
  const tokenize = (word: string): WordToken[] => {
    const id = ids.get(word) ?? ids.get(unk_token)
    if (id === undefined) throw new Error(`${label}: model: the word ${quoted(word)} and unk_token are not in vocab`)
    return [{ id, start: 0, end: word.length }]
  }
  return { ids, tokenize }
}
