/**
 * Which words a model met while it learned. What a small model makes of a word that it hardly ever read is noise, and should be shown as
 * such.
 */

import { z } from 'zod'
import { check } from './check.ts'
import { type ModelFiles, readJson } from './files.ts'

/** A model's seen.json. */
const file = z.object({
  least: z.number().int().min(1),
  words: z.record(z.string(), z.number().int().min(1)),
})

/** A word of a text: text.slice(start, end), in UTF-16 units. */
export interface WordRange {
  readonly start: number
  readonly end: number
}

const WORD = /\p{L}+/gu

/** How often each word occurs in the texts: runs of letters, in lower case. */
export function countedWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts)
    for (const [word] of text.matchAll(WORD)) counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1)
  return counts
}

export class Seen {
  /** In how many places of its texts a word must have stood to count as known. */
  readonly least: number
  readonly #words: ReadonlyMap<string, number>

  constructor(json: unknown, label: string) {
    const { least, words } = check(file, json, label)
    this.least = least
    this.#words = new Map(Object.entries(words))
  }

  /** In how many places of its texts the model read this word, whatever its capitals; 0 for fewer than `least`. */
  times(word: string): number {
    return this.#words.get(word.toLowerCase()) ?? 0
  }

  /** The words of a text that the model hardly ever read: fewer than `least` times. */
  hardly(text: string): WordRange[] {
    return [...text.matchAll(WORD)]
      .filter(([word]) => this.times(word) === 0)
      .map(({ index, 0: word }) => ({ start: index, end: index + word.length }))
  }
}

/** Undefined for a model whose config.json names no such file (`"seen_words": "seen.json"`), as only those do that Regard trained. */
export async function readSeen(files: ModelFiles, config: unknown): Promise<Seen | undefined> {
  const path = (config as { seen_words?: unknown } | null)?.seen_words
  if (typeof path !== 'string') return undefined
  const json = await readJson(files, path)
  return json === undefined ? undefined : new Seen(json, files.label(path))
}
