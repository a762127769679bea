/** What an encoder–decoder writes in answer to a text, as something that can be read: cross-attention looks from there. */

import type { AnsweredText, Model } from '../model/index.ts'

export interface AnsweredOptions {
  /** How many tokens are written at most. Default 64. */
  readonly maxNewTokens?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The text with the model's own answer, the likeliest token each time; the end that it says is not part of it. What is given back can be read as
 * any input can: `model.run`, `trace`, `effect`, `compare` take it. Throws for a model that is no encoder–decoder.
 *
 *     const said = await answered(translator, 'the third of may twenty twenty one')
 *     await effect(translator, said, { row: 5, kind: 'cross' })
 */
export async function answered(
  model: Model,
  text: string,
  { maxNewTokens, signal }: AnsweredOptions = {},
): Promise<AnsweredText & { readonly target: readonly number[] }> {
  if (model.config.kind !== 'encoder-decoder')
    throw new TypeError(`answered: ${model.config.family} is no encoder–decoder, so it writes nothing in answer`)
  const target: number[] = []
  for await (const { id, end } of model.generate(text, { ...(maxNewTokens && { maxNewTokens }), ...(signal && { signal }) }))
    if (end !== 'stop') target.push(id)
  return { text, target }
}
