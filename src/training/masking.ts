/** Exercises for an encoder: hidden words to be restored, the nouns that pronouns stand for, and what words with several senses stand for. */

import type { Tokenizer } from '../model/tokenizer/tokenizer.ts'
import type { Sentence } from './grammar/generate.ts'
import type { Disguised } from './grammar/senses.ts'
import type { Random } from './random.ts'
import type { Row } from './recipe.ts'

export interface Masking {
  readonly tokenizer: Tokenizer
  /** Which share of the tokens is hidden. */
  readonly share: number
  readonly longest: number
  /** How many ids there are; the first four belong to the format. */
  readonly vocabulary: number
}

/** Words whose place may already mean another word: where they are asked for they are hidden. */
const PRONOUNS = ['it', 'he', 'she', 'they']

/** A text of which some tokens are to be restored: eight in ten of them hidden, one replaced, one left as it is. */
export function hidden(random: Random, text: string, masking: Masking): Row {
  const ids = encode(text, masking)
  return { ids, labels: hide(random, ids, masking, new Set()) }
}

/** As `hidden`, and where the pronoun stands, which is shown, the noun is to be said that it stands for. */
export function referring(random: Random, { text, pronoun, referent }: Sentence, masking: Masking): Row {
  const { tokenizer, longest } = masking
  const { tokens } = tokenizer.encode(text)
  const place = tokens.findIndex(({ start, end }) => start === pronoun.start && end === pronoun.end)
  const noun = nounId(tokenizer, referent.word)
  const ids = tokens.map(({ id }) => id)
  if (place < 0 || noun === undefined || ids.length > longest) return hidden(random, text, masking)
  return { ids, labels: [[place, noun], ...hide(random, ids, masking, new Set([place]))] }
}

/** As `hidden`, and where a word stands in for another, that one is to be said. It is shown, so that its own state must tell what it means. */
export function undisguised(random: Random, { text, shown, plain }: Disguised, masking: Masking): Row {
  const { tokenizer, longest } = masking
  const { tokens } = tokenizer.encode(text)
  const place = tokens.findIndex(({ start, end }) => start === shown.start && end === shown.end)
  const ids = tokens.map(({ id }) => id)
  const words = plain.flatMap((word) => nounId(tokenizer, word) ?? [])
  if (place < 0 || words.length === 0 || ids.length > longest) return hidden(random, text, masking)
  return { ids, labels: [[place, random.pick(words)], ...hide(random, ids, masking, new Set([place]))] }
}

/** The one token that a word is in the middle of a sentence; undefined if it is several. */
export function nounId(tokenizer: Tokenizer, word: string): number | undefined {
  const tokens = tokenizer.encode(`the ${word}`).tokens.filter(({ special }) => !special)
  return tokens.length === 2 ? tokens[1]!.id : undefined
}

function encode(text: string, { tokenizer, longest }: Masking): number[] {
  const { ids } = tokenizer.encode(text)
  return ids.length <= longest ? [...ids] : [...ids.slice(0, longest - 1), ids.at(-1)!]
}

const pronounIds = new WeakMap<Tokenizer, ReadonlySet<number>>()

function pronounsOf(tokenizer: Tokenizer): ReadonlySet<number> {
  const known = pronounIds.get(tokenizer)
  if (known) return known
  const made = new Set(PRONOUNS.flatMap((word) => nounId(tokenizer, word) ?? []))
  pronounIds.set(tokenizer, made)
  return made
}

/** Changes `ids`. At least one token is asked for. */
function hide(
  random: Random,
  ids: number[],
  { tokenizer, share, vocabulary }: Masking,
  keep: ReadonlySet<number>,
): [number, number][] {
  const mask = tokenizer.tokenToId('[MASK]')!
  const inner = ids.map((_, n) => n).filter((n) => n > 0 && n < ids.length - 1 && !keep.has(n))
  const chosen = inner.filter(() => random.chance(share))
  if (chosen.length === 0 && keep.size === 0 && inner.length > 0) chosen.push(random.pick(inner))
  return chosen.map((place) => {
    const id = ids[place]!
    const luck = random.next()
    if (luck < 0.8 || pronounsOf(tokenizer).has(id)) ids[place] = mask
    else if (luck < 0.9) ids[place] = 4 + random.below(vocabulary - 4)
    return [place, id]
  })
}
