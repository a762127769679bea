/** How normalised text is cut into words: one function a type of tokenizer.json. A word is never crossed by a token. */

import { check } from '../check.ts'
import type { Aligned } from './aligned.ts'
import { byteLevel as inBytes } from './normalizers.ts'
import { literalPattern, type Pattern, regexPattern, wordsPattern } from './regex.ts'
import {
  type Behavior,
  byteLevel,
  charDelimiter,
  digits,
  metaspace,
  punctuation,
  type Step,
  sequenceOf,
  splitStep,
} from './schema.ts'
import { type Builders, buildPattern, buildStep } from './steps.ts'
import { isPunctuation, isWhiteSpace } from './unicode.ts'

export type PreTokenizer = (text: Aligned) => Aligned[]

const BUILDERS: Builders<PreTokenizer> = {
  BertPreTokenizer: () => inTurn([cutAt(isWhiteSpace, 'Removed'), cutAt(isPunctuation, 'Isolated')]),
  ByteLevel: buildByteLevel,
  CharDelimiterSplit: (step, label) => {
    const { delimiter } = check(charDelimiter, step, `${label}: pre_tokenizer`)
    return cutAt((character) => character === delimiter, 'Removed')
  },
  Digits: (step, label) => {
    const { individual_digits: alone } = check(digits, step, `${label}: pre_tokenizer`)
    return cutAt((character) => /^\p{N}$/u.test(character), alone ? 'Isolated' : 'Contiguous')
  },
  Metaspace: buildMetaspace,
  Punctuation: (step, label) => cutAt(isPunctuation, check(punctuation, step, `${label}: pre_tokenizer`).behavior),
  Sequence: (step, label, depth) => {
    const steps = check(sequenceOf('pretokenizers'), step, label).pretokenizers
    return inTurn(steps.map((each) => buildPreTokenizer(each, label, depth + 1)))
  },
  Split: (step, label) => {
    const { pattern, behavior, invert } = check(splitStep, step, `${label}: pre_tokenizer`)
    const find = buildPattern(pattern, `${label}: pre_tokenizer`)
    return (text) => split(text, find(text.text), behavior, invert)
  },
  Whitespace: () => {
    words ??= wordsPattern()
    const find = words
    return (text) => split(text, find(text.text), 'Removed', true)
  },
  WhitespaceSplit: () => cutAt(isWhiteSpace, 'Removed'),
}

let words: Pattern | undefined

/** Throws one line for a type that Regard does not have. */
export function buildPreTokenizer(step: Step, label: string, depth = 0): PreTokenizer {
  return buildStep('pre_tokenizer', BUILDERS, step, label, depth)
}

function inTurn(steps: readonly PreTokenizer[]): PreTokenizer {
  return (text) => steps.reduce((parts, cut) => parts.flatMap(cut), [text])
}

/** How GPT-2 cuts text: contractions, words, numbers and signs, each with the space before it. */
const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
let gpt2: Pattern | undefined

function buildByteLevel(step: Step, label: string): PreTokenizer {
  const { add_prefix_space: spaced, use_regex: cuts } = check(byteLevel, step, `${label}: pre_tokenizer`)
  gpt2 ??= regexPattern(GPT2)
  const find = cuts ? gpt2 : undefined
  return (text) => {
    const whole = spaced && !text.text.startsWith(' ') ? text.prepend(' ') : text
    const parts = find ? split(whole, find(whole.text), 'Isolated', false) : [whole]
    return parts.map(inBytes)
  }
}

/** Spaces become the replacement ("▁"), and words begin with it. */
function buildMetaspace(step: Step, label: string): PreTokenizer {
  const options = check(metaspace, step, `${label}: pre_tokenizer`)
  const { replacement, split: cuts } = options
  if (options.add_prefix_space === false && options.prepend_scheme !== 'never' && step.prepend_scheme !== undefined)
    throw new Error(
      `${label}: pre_tokenizer: add_prefix_space is false, prepend_scheme is ${JSON.stringify(options.prepend_scheme)}`,
    )
  const scheme = options.add_prefix_space === false ? 'never' : options.prepend_scheme
  const spaces = literalPattern(' ')
  const cut = cutAt((character) => character === replacement, 'MergedWithNext')
  return (text) => {
    const spelled = text.replace(spaces(text.text), replacement)
    const begins = scheme === 'always' || (scheme === 'first' && text.start === 0)
    const whole = begins && !spelled.text.startsWith(replacement) ? spelled.prepend(replacement) : spelled
    return (cuts ?? true) ? cut(whole) : [whole]
  }
}

function cutAt(is: (character: string) => boolean, behavior: Behavior): PreTokenizer {
  return (text) => {
    const found: number[] = []
    let at = 0
    for (const character of text.text) {
      if (is(character)) found.push(at, at + character.length)
      at += character.length
    }
    return split(text, found, behavior, false)
  }
}

/** A stretch of the text, and whether it is a delimiter. */
interface Stretch {
  start: number
  end: number
  readonly delimits: boolean
}

/** Cuts around `matches` (start, end, start, end …), which are the delimiters, or with `invert` everything else is. */
function split(text: Aligned, matches: readonly number[], behavior: Behavior, invert: boolean): Aligned[] {
  const stretches = merged(stretchesOf(text.text.length, matches, invert), behavior)
  const kept = behavior === 'Removed' ? stretches.filter(({ delimits }) => !delimits) : stretches
  return kept.filter(({ start, end }) => end > start).map(({ start, end }) => text.slice(start, end))
}

function stretchesOf(length: number, matches: readonly number[], invert: boolean): Stretch[] {
  const made: Stretch[] = []
  let done = 0
  for (let n = 0; n < matches.length; n += 2) {
    const [start, end] = [matches[n]!, matches[n + 1]!]
    if (start > done) made.push({ start: done, end: start, delimits: invert })
    made.push({ start, end, delimits: !invert })
    done = end
  }
  if (done < length) made.push({ start: done, end: length, delimits: invert })
  return made
}

/** A delimiter joins the stretch before it, or after it, or other delimiters (and what is between them joins too). */
function merged(stretches: readonly Stretch[], behavior: Behavior): readonly Stretch[] {
  if (behavior === 'Removed' || behavior === 'Isolated') return stretches
  const backwards = behavior === 'MergedWithNext'
  const made: Stretch[] = []
  let before = false
  for (const stretch of backwards ? stretches.toReversed() : stretches) {
    const last = made.at(-1)
    const joins = behavior === 'Contiguous' ? stretch.delimits === before : stretch.delimits && !before
    if (joins && last) {
      if (backwards) last.start = stretch.start
      else last.end = stretch.end
    } else made.push({ ...stretch })
    before = stretch.delimits
  }
  return backwards ? made.reverse() : made
}
