/** Where a word stands, in words: its neighbours in the sentence. */

import type { Senses } from '../engine/questions/meaning.ts'

export interface Place {
  /** From 1, as it is called on the page. */
  readonly name: string
  /** The sentence that it stands in. */
  readonly text: number
  readonly before: string
  readonly word: string
  readonly after: string
}

/** So many letters of a sentence stand beside a point at most, on each side. */
const AROUND = 16

export function placesOf({ occurrences }: Pick<Senses, 'occurrences'>, texts: readonly string[]): Place[] {
  return occurrences.map(({ text, start, end }, n) => {
    const whole = texts[text] ?? ''
    const own = whole.slice(start, end)
    const from = end - own.trimStart().length
    return {
      name: String(n + 1),
      text,
      before: lastWords(whole.slice(0, from), AROUND),
      word: whole.slice(from, end),
      after: firstWords(whole.slice(end), AROUND),
    }
  })
}

/** The end of a text, as many whole words as fit. */
export function lastWords(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(-most - 1)
  const space = cut.search(/\s/)
  return space < 0 ? '' : `…${cut.slice(space + 1)}`
}

export function firstWords(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most + 1)
  const space = cut.search(/\s\S*$/)
  return space < 0 ? '' : `${cut.slice(0, space)}…`
}
