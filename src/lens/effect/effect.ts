/** What an edit does to what a model makes of a text: exactly, by running it again. */

import type { Edit } from '../../model/edit/edit.ts'
import type { Model } from '../../model/index.ts'
import type { ModelInput } from '../../model/input.ts'
import { sidesOf } from '../../model/kinds.ts'
import type { Effect, EffectOptions, RowCut, RowEffects } from './asked.ts'
import { measured } from './exact.ts'
import { gaugeOf, type Looking } from './gauge.ts'
import type { Measure } from './measure.ts'
import { steps } from './progress.ts'
import { rowEffects } from './row.ts'
import { firstHalf, firstKind, masked, placesOf, type Subject, subjectOf } from './subject.ts'

/**
 * The exact effect of an edit on a measure: edited − unedited. Of a list: of each of its entries; an entry that is a list itself is edits made
 * together. Of `{ row }`: of each link of a token.
 *
 *     await effect(model, text, { cut: 'edge', from: 'it', to: 'animal', heads: [[5, 11]] })          // .effect
 *     await effect(model, text, { row: 'it' })                                                        // .tokens[n].effect
 *     await effect(model, text, edits, { measure: { logit: 'animal', at: 'it' } })                    // [n].effect
 *
 * Links are cut before the softmax unless `how` says otherwise. Changes run as rows of batches; the numbers are those of one run each, up to
 * the rounding of products of another size. Throws for what the model or the text does not have, and the signal's reason once it is aborted.
 */
export function effect(model: Model, input: ModelInput, edit: Edit, options?: EffectOptions): Promise<Effect>
export function effect(model: Model, input: ModelInput, row: RowCut, options?: EffectOptions): Promise<RowEffects>
export function effect(
  model: Model,
  input: ModelInput,
  edits: readonly (Edit | readonly Edit[])[],
  options?: EffectOptions,
): Promise<Effect[]>
export async function effect(
  model: Model,
  input: ModelInput,
  asked: Edit | RowCut | readonly (Edit | readonly Edit[])[],
  options: EffectOptions = {},
): Promise<Effect | RowEffects | Effect[]> {
  const subject = subjectFor(model, input, options.measure)
  if (Array.isArray(asked))
    return effectsOf(
      asked.map((each) => [each].flat() as Edit[]),
      subject,
      options,
    )
  if (typeof asked === 'object' && asked !== null && 'row' in asked) return rowEffects(asked, subject, options)
  return (await effectsOf([[asked as Edit]], subject, options))[0]!
}

/** The text, with the mask in it where the measure asks what was behind it. */
export function subjectFor(model: Model, input: ModelInput, measure: Measure | undefined): Subject {
  const subject = subjectOf(model, input)
  if (typeof measure !== 'object' || measure === null || !('restored' in measure)) return subject
  const places = placesOf(subject, firstHalf(subject), measure.at)
  if (places.length > 1)
    throw new RangeError(
      `effect: restored hides one token, and ${JSON.stringify(measure.at)} is ${places.length}; name one by its index`,
    )
  return masked(subject, places[0]!)
}

/** The effect of each list of edits. Those that are measured alike run together. */
async function effectsOf(changes: readonly (readonly Edit[])[], subject: Subject, options: EffectOptions): Promise<Effect[]> {
  for (const { batch } of changes.flat() as readonly { batch?: number }[])
    if (batch !== undefined) throw new TypeError(`effect: there is one text, so edits name no batch; got batch ${batch}`)
  const gauges = changes.map((edits) => gaugeOf(options.measure ?? 'cosine', subject, lookingOf(edits, subject)))
  const alike = Map.groupBy(gauges.keys(), (n) => `${gauges[n]!.half} ${gauges[n]!.name}`)
  const made: Effect[] = []
  const step = steps(options, changes.length)
  for (const among of alike.values()) {
    const [gauge, own] = [gauges[among[0]!]!, among.map((n) => changes[n]!)]
    const found = await measured(own, subject, gauge, step)
    for (const [at, n] of among.entries()) made[n] = { edits: changes[n]!, measure: gauge.name, ...found[at]! }
  }
  return made
}

/** The token that looks, of the first edit that names one. */
function lookingOf(edits: readonly Edit[], subject: Subject): Looking | undefined {
  for (const edit of edits) {
    if (!('cut' in edit) || edit.cut !== 'edge' || edit.from === undefined) continue
    const half = sidesOf(edit.kind ?? firstKind(subject)).rows
    return { half, tokens: placesOf(subject, half, edit.from) }
  }
  return undefined
}
