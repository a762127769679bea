/** The vocabularies of tokenizer.json, checked entry by entry: they are too long for anything slower. */

import { quoted } from './quoted.ts'
import { LARGEST_ID } from './schema.ts'

/** Text → id. */
export function readVocabulary(json: unknown, label: string): Map<string, number> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Error(`${label}: vocab: expected an object of ids`)
  const made = new Map<string, number>()
  for (const [text, id] of Object.entries(json)) {
    if (!isId(id)) throw new Error(`${label}: vocab: the id of ${quoted(text)} must be a whole number from 0 to ${LARGEST_ID}`)
    made.set(text, id)
  }
  return made
}

function isId(id: unknown): id is number {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) <= LARGEST_ID
}

/** [piece, score] of every id. */
export function readScores(list: readonly unknown[], label: string): [string, number][] {
  return list.map((entry, id) => {
    const [piece, score] = Array.isArray(entry) ? entry : []
    if (typeof piece !== 'string' || !Number.isFinite(score) || (entry as unknown[]).length !== 2)
      throw new Error(`${label}: vocab.${id}: expected a piece and its score`)
    return [piece, score as number]
  })
}

/** Two pieces of each merge, written as a pair or as one string with a space between. */
export function readMerges(list: readonly unknown[], label: string): [string, string][] {
  const lines = list.filter((each) => typeof each !== 'string' || !each.startsWith('#version'))
  return lines.map((entry, rank) => {
    const pair = typeof entry === 'string' ? entry.split(' ') : entry
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string' || typeof pair[1] !== 'string')
      throw new Error(`${label}: merges.${rank}: expected two pieces, got ${JSON.stringify(entry)?.slice(0, 60)}`)
    return [pair[0], pair[1]]
  })
}
