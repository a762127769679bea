/** Another word in the place of one, before anything is read. */

import type { ModelConfig } from '../config.ts'
import type { ModelInput } from '../input.ts'
import { isAnswered, prepare } from '../input.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Edit, Named, Swap } from './edit.ts'
import { spanOf } from './where.ts'

interface Tongue {
  readonly config: ModelConfig
  readonly tokenizer: Tokenizer | undefined
}

/** The input with all swaps made, one after another: each is looked up in what those before it left. */
export function swapped(edits: readonly Named[], input: ModelInput, tongue: Tongue): ModelInput {
  return edits.reduce((made, { edit, name }) => (isSwap(edit) ? swap({ edit, name }, made, tongue) : made), input)
}

const isSwap = (edit: Edit): edit is Swap => 'swap' in edit

function swap({ edit, name }: Named<Swap>, input: ModelInput, tongue: Tongue): ModelInput {
  if (typeof input === 'string') return inText({ edit, name }, input, 0, 1, tongue)
  if (isAnswered(input)) return { ...input, text: inText({ edit, name }, input.text, 0, 1, tongue) }
  const list = Array.isArray(input) ? (input as readonly unknown[]) : []
  if (list.length > 0 && list.every((each) => typeof each === 'string'))
    return list.map((text, b) => inText({ edit, name }, text, b, list.length, tongue))
  if (!Array.isArray(input) && !(input instanceof Int32Array))
    throw new TypeError(`${name}: swaps words of texts, or ids of a list of ids; in a batch of ids put others in yourself`)
  return inIds({ edit, name }, Array.from(input as readonly number[]), tongue)
}

/** In the text, from where the first token begins to where the last one ends. */
function inText({ edit, name }: Named<Swap>, text: string, b: number, texts: number, { config, tokenizer }: Tongue): string {
  if (edit.batch !== undefined && edit.batch >= texts)
    throw new RangeError(`${name}: text ${edit.batch} does not exist, there are ${texts} (counted from 0)`)
  if (edit.batch !== undefined && edit.batch !== b) return text
  if (typeof edit.with !== 'string')
    throw new TypeError(`${name}: the input is text, so with must be a text, got ids [${edit.with}]`)
  const [tokens] = prepare(text, config, tokenizer).tokens
  const [first, last] = spanOf(edit.swap, { tokens: tokens!, text, reach: tokens!.length }, name)
  const [from, to] = [tokens![first]!, tokens![last]!]
  if (from.special || to.special)
    throw new TypeError(`${name}: ${from.special ? from.text : to.text} is put there by the model's format and stands for no word`)
  return text.slice(0, from.start + leading(text.slice(from.start, from.end))) + edit.with + text.slice(to.end)
}

/** A token may begin with the space before its word. */
function leading(piece: string): number {
  return piece.length - piece.trimStart().length
}

function inIds({ edit, name }: Named<Swap>, ids: readonly number[], { config, tokenizer }: Tongue): number[] {
  if (typeof edit.with === 'string')
    throw new TypeError(`${name}: the input is ids, so with must be ids, got ${JSON.stringify(edit.with)}`)
  const [tokens] = prepare(ids, config, tokenizer).tokens
  const [first, last] = spanOf(edit.swap, { tokens: tokens!, text: undefined, reach: ids.length }, name)
  return [...ids.slice(0, first), ...edit.with, ...ids.slice(last + 1)]
}
