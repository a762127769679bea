/** `--token WORD[:nth]`: which token is meant. */

import { Problem } from '../problem.ts'
import type { Labels } from './labels.ts'

export interface Found {
  readonly index: number
  /** What to add on the screen when the word could have meant other tokens too. */
  readonly note: string | undefined
}

/**
 * A token by the word it belongs to, by its own text or by its label; as written or, failing that, whatever the case.
 * `nth` counts from 1. A word of several pieces is read at its last one.
 */
export function findToken(labels: Labels, asked: string): Found {
  const whole = places(labels, asked)
  if (whole.length > 0) return pick(labels, whole, asked, undefined)
  const [, word, digits] = /^(.+):(\d+)$/su.exec(asked) ?? []
  const found = word === undefined ? [] : places(labels, word)
  if (found.length === 0)
    throw new Problem(`--token ${asked}: the text has no token ${JSON.stringify(word ?? asked)}; it has ${listed(labels.names)}`)
  const nth = Number(digits)
  if (nth < 1 || nth > found.length)
    throw new Problem(`--token ${asked}: ${JSON.stringify(word)} stands in the text ${times(found.length)} and is counted from 1`)
  return pick(labels, found, word!, nth)
}

/** More than these would bury the message. */
const LISTED = 60

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).join(' ')
  return names.length > LISTED ? `${shown} … (${names.length} in all)` : shown
}

/** One place where a word stands: its tokens, in order. */
type Place = readonly number[]

function places({ of, words }: Labels, asked: string): Place[] {
  const search = (same: (text: string) => boolean): Place[] => {
    const whole = words.list.filter(({ text }) => same(text)).map(({ tokens }) => tokens)
    const taken = new Set(whole.flat())
    const alone = of.flatMap((label, n) => (!taken.has(n) && (same(label) || same(words.pieces[n]!.trim())) ? [[n]] : []))
    return [...whole, ...alone].sort((a, b) => a[0]! - b[0]!)
  }
  const exact = search((text) => text === asked)
  const lower = asked.toLowerCase()
  return exact.length > 0 ? exact : search((text) => text.toLowerCase() === lower)
}

function pick({ of }: Labels, found: readonly Place[], word: string, nth: number | undefined): Found {
  const place = found[(nth ?? 1) - 1]!
  const notes: string[] = []
  if (nth === undefined && found.length > 1)
    notes.push(`${word} stands in the text ${times(found.length)}: this is the first, ${word}:2 the next`)
  if (place.length > 1) notes.push(`${word} is ${place.length} tokens, ${place.map((at) => of[at]).join(' ')}: this is the last`)
  return { index: place.at(-1)!, note: notes.join('; ') || undefined }
}

const times = (n: number): string => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`)
