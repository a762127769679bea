/** From a frame and what fills it to an English sentence that knows where its parts stand. */

import type { Random } from '../random.ts'
import { NOUNS, type Noun, type Pronoun } from './nouns.ts'

/** Where a word stands in a text: UTF-16 offsets. */
export interface Mark {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** How a thing is spoken of: "the tired animal". */
export interface Phrase {
  readonly noun: Noun
  readonly determiner: string
  /** Between determiner and noun. */
  readonly before: string
  readonly plural: boolean
}

/** What [a], [b], [s] stand for, and the words for the other places. */
export interface Filling {
  readonly phrases: Readonly<Record<string, Phrase>>
  readonly pronoun: Pronoun
  readonly predicate: string
  /** Before the sentence: "Yesterday", may be ''. */
  readonly opening: string
}

export interface Written {
  readonly text: string
  readonly pronoun: Mark
  /** By place: the noun of [a], of [b], of [s]. */
  readonly nouns: Readonly<Record<string, Mark>>
}

const SINGULAR = [...Array<string>(14).fill('the'), 'a', 'a', 'my', 'our', 'that', 'this']
const PLURAL = [...Array<string>(12).fill('the'), 'some', 'my', 'our', 'those', 'these']

export function phrase(random: Random, noun: Noun, { plural = false, before = '', definite = false } = {}): Phrase {
  const choices = plural ? PLURAL : SINGULAR
  const determiner = noun.name ? '' : definite ? 'the' : random.pick(choices)
  return { noun, determiner: noun.mass && determiner === 'a' ? 'some' : determiner, before, plural: plural && !noun.name }
}

function nounOf({ noun, plural }: Phrase): string {
  return plural ? noun.plural : noun.word
}

/** Everything before the noun, with a space behind it. */
function leading({ noun, determiner, before, plural }: Phrase): string {
  const next = before || nounOf({ noun, plural } as Phrase)
  const article = determiner === 'a' ? articleFor(next) : determiner
  return [article, before].filter(Boolean).join(' ') + (article || before ? ' ' : '')
}

/** The whole of it: "an old dog". */
export function sayPhrase(spoken: Phrase): string {
  return leading(spoken) + nounOf(spoken)
}

/** "a" or "an", by sound where the letter deceives. */
export function articleFor(word: string): 'a' | 'an' {
  if (/^(uni|use|eu|one)/i.test(word)) return 'a'
  return /^([aeiou]|hon|hour)/i.test(word) ? 'an' : 'a'
}

export function write(frame: string, filling: Filling): Written {
  const nouns: Record<string, Mark> = {}
  let text = ''
  let pronoun: Mark | undefined
  const body = filling.opening === '' ? frame : `${filling.opening} ${uncapital(frame)}`
  for (const piece of body.split(/(\[[^\]]+\])/)) {
    const place = /^\[(.+)\]$/.exec(piece)?.[1]
    const spoken = place === undefined ? undefined : filling.phrases[place]
    if (spoken) {
      const word = nounOf(spoken)
      text += leading(/\bthat $/.test(text) && spoken.determiner === 'that' ? { ...spoken, determiner: 'the' } : spoken)
      nouns[place!] = { word, start: text.length, end: text.length + word.length }
      text += word
    } else if (place?.toLowerCase() === 'it') {
      pronoun = { word: filling.pronoun, start: text.length, end: text.length + filling.pronoun.length }
      text += place === 'It' ? capital(filling.pronoun) : filling.pronoun
    } else text += place === undefined ? piece : wordFor(place, filling)
  }
  if (!pronoun) throw new Error(`write: the frame has no [it]: ${JSON.stringify(frame)}`)
  return { text: capital(text), pronoun, nouns }
}

function wordFor(place: string, { pronoun, predicate }: Filling): string {
  if (place === 'was') return pronoun === 'they' ? 'were' : 'was'
  if (place === 'adj' || place === 'state' || place === 'event') return predicate
  throw new Error(`write: nothing fills [${place}]`)
}

/** A sentence that no longer begins. */
function uncapital(text: string): string {
  return /^(I|\[)/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Every word that a noun of the grammar can be written as. */
export const NOUN_FORMS: ReadonlySet<string> = new Set(
  NOUNS.flatMap(({ word, plural, name, mass }) => (name || mass ? [word] : [word, plural])).map((word) => word.toLowerCase()),
)
