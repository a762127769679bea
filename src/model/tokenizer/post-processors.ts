/** What stands around the text: [CLS] before it, [SEP] after it, which segment each token belongs to, and whose spaces are whose. */

import { check } from '../check.ts'
import { SPACE } from './bytes.ts'
import { quoted } from './quoted.ts'
import { byteLevel, clsAndSep, robertaProcessing, type Step, sequenceOf, templateProcessing } from './schema.ts'
import { type Builders, buildStep } from './steps.ts'
import { isWhiteSpace } from './unicode.ts'

/** A special token, or the place of a text (0: the first, 1: the second of a pair). */
export type Slot = { readonly id: number; readonly typeId: number } | { readonly sequence: 0 | 1; readonly typeId: number }

export interface Template {
  readonly single: readonly Slot[]
  readonly pair: readonly Slot[]
}

/** Byte-level tokens carry the space before a word: their ranges can leave it out. */
export interface Trim {
  /** A text got a space in front that it did not have: the first token keeps one. */
  readonly spaced: boolean
}

export interface PostProcessor {
  /** Undefined: the text stands alone. */
  readonly template?: Template
  readonly trims: readonly Trim[]
}

const text = (sequence: 0 | 1, typeId: number): Slot => ({ sequence, typeId })

/** Without a post-processor the text stands alone. */
export const BARE: Template = { single: [text(0, 0)], pair: [text(0, 0), text(1, 1)] }

const MOST_SLOTS = 4096

const BUILDERS: Builders<PostProcessor> = {
  BertProcessing: (step, label) => {
    const { cls, sep } = check(clsAndSep, step, `${label}: post_processor`)
    const [open, close] = [special(cls[1]), special(sep[1])]
    const single = [open, text(0, 0), close]
    return { template: { single, pair: [...single, text(1, 1), { ...close, typeId: 1 }] }, trims: [] }
  },
  ByteLevel: (step, label) => ({ trims: trimsOf(check(byteLevel, step, `${label}: post_processor`)) }),
  RobertaProcessing: (step, label) => {
    const options = check(robertaProcessing, step, `${label}: post_processor`)
    const [open, close] = [special(options.cls[1]), special(options.sep[1])]
    const single = [open, text(0, 0), close]
    return { template: { single, pair: [...single, close, text(1, 0), close] }, trims: trimsOf(options) }
  },
  Sequence: (step, label, depth) => {
    const steps = check(sequenceOf('processors'), step, label).processors
    const built = steps.map((each) => buildPostProcessor(each, label, depth + 1))
    const templates = built.flatMap(({ template }) => template ?? [])
    if (templates.length > 1)
      throw new Error(`${label}: post_processor: ${templates.length} templates in a Sequence are not supported`)
    return { ...(templates[0] && { template: templates[0] }), trims: built.flatMap(({ trims }) => trims) }
  },
  TemplateProcessing: (step, label) => ({ template: buildTemplate(step, label), trims: [] }),
}

/** Throws one line for a type that Regard does not have. */
export function buildPostProcessor(step: Step, label: string, depth = 0): PostProcessor {
  return buildStep('post_processor', BUILDERS, step, label, depth)
}

const special = (id: number): Slot => ({ id, typeId: 0 })

function trimsOf(options: { trim_offsets: boolean; add_prefix_space: boolean }): Trim[] {
  return options.trim_offsets ? [{ spaced: options.add_prefix_space }] : []
}

type Piece = ReturnType<typeof templateProcessing.parse>['single'][number]

function buildTemplate(step: Step, label: string): Template {
  const { single, pair, special_tokens: named } = check(templateProcessing, step, `${label}: post_processor`)
  const slots = (piece: Piece): Slot[] => {
    if ('Sequence' in piece) return [text(piece.Sequence.id === 'A' ? 0 : 1, piece.Sequence.type_id)]
    const { id: name, type_id: typeId } = piece.SpecialToken
    const token = Object.hasOwn(named, name) ? named[name] : undefined
    if (!token) throw new Error(`${label}: post_processor: the template uses ${quoted(name)}, special_tokens does not have it`)
    return token.ids.map((id) => ({ id, typeId }))
  }
  const all = (pieces: readonly Piece[]): Slot[] => {
    const made: Slot[] = []
    for (const piece of pieces) {
      made.push(...slots(piece))
      if (made.length > MOST_SLOTS) throw new Error(`${label}: post_processor: the template has more than ${MOST_SLOTS} places`)
    }
    return made
  }
  return { single: all(single), pair: all(pair) }
}

/** The range [start, end) of `original` that a token written as `token` stands for without its spaces. */
export function trimmed(
  original: string,
  token: string,
  [start, end]: readonly [number, number],
  first: boolean,
  { spaced }: Trim,
): [number, number] {
  if (solid(token[0] ?? 'x') && solid(token.at(-1) ?? 'x')) return [start, end]
  const characters = [...token]
  const leading = count(characters.findIndex(solid), characters.length)
  const trailing = count(characters.toReversed().findIndex(solid), characters.length)
  const kept = (first || start === 0) && spaced && leading === 1
  const from = kept ? start : Math.min(forward(original, start, leading), end)
  const to = backward(original, end, trailing)
  return [from, to === undefined ? end : Math.max(to, from)]
}

const solid = (character: string): boolean => character !== SPACE && !isWhiteSpace(character)
const count = (found: number, all: number): number => (found < 0 ? all : found)

function forward(text: string, from: number, characters: number): number {
  let at = from
  for (let n = 0; n < characters; n++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return at
}

/** Undefined if there are not so many characters. */
function backward(text: string, from: number, characters: number): number | undefined {
  let at = from
  for (let n = 0; n < characters; n++) at -= at > 1 && (text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1
  return at < 0 ? undefined : at
}
