/** Small models of every family, and how two runs of one are held against each other. */

import { existsSync, readdirSync } from 'node:fs'
import type { Trace } from '../../src/lens/index.ts'
import { type AttentionKind, type BatchInput, loadModel, type Model } from '../../src/model/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { CONFORMANCE } from '../model/expected.ts'

/** Named as their folders in ../shared/conformance/models. */
export const SMALL: readonly string[] = existsSync(CONFORMANCE) ? readdirSync(CONFORMANCE).sort() : []

const loaded = new Map<string, Promise<Model>>()

export function small(name: string, dtype: 'float32' | 'float64' = 'float32'): Promise<Model> {
  const key = `${name} ${dtype}`
  if (!loaded.has(key)) loaded.set(key, loadModel(CONFORMANCE + name, { dtype }))
  return loaded.get(key)!
}

/** Two texts, the second two tokens shorter; `shift` makes other words of them. */
export function inputOf({ config }: Model, shift = 0): BatchInput {
  const rows = [
    [5, 9, 6, 12, 7, 10],
    [8, 6, 11, 5],
  ].map((row) => row.map((id) => id + shift))
  return { inputIds: rows, ...(config.decoder && { decoderInputIds: rows.map((row) => row.slice(1)) }) }
}

export function kindsOf({ config }: Model): readonly AttentionKind[] {
  return config.kind === 'encoder-decoder' ? ['encoder', 'decoder', 'cross'] : [config.kind]
}

/** The numbers, as JSON can tell them apart: two are equal if all their bits are (−0 is 0). */
export async function numbers(x: Tensor): Promise<number[]> {
  return Array.from(await x.read())
}

/** Every number that a trace holds, by name. */
export async function everything(trace: Trace, model: Model): Promise<Record<string, number[]>> {
  const made: Record<string, number[]> = {}
  for (const kind of kindsOf(model)) {
    const layers = kind === 'encoder' || !model.config.decoder ? model.config.layers : model.config.decoder.layers
    for (let layer = 0; layer < layers; layer++) {
      made[`${kind} ${layer} head`] = await numbers(trace.headOutputs(layer, { kind }))
      made[`${kind} ${layer} attention`] = await numbers(trace.attentionOutput(layer, { kind }))
      if (kind !== 'cross') made[`${kind} ${layer} feedForward`] = await numbers(trace.feedForwardOutput(layer, { kind }))
    }
    if (kind !== 'cross')
      for (let layer = 0; layer <= layers; layer++) made[`${kind} ${layer} hidden`] = await numbers(trace.hidden(layer, { kind }))
  }
  return made
}

/** [rows][columns] of one head. */
export async function matrix(trace: Trace, layer: number, head: number, kind: AttentionKind, batch: number): Promise<number[][]> {
  const view = trace.attention(layer, head, { kind, batch })
  const all = Array.from(await view.all())
  return Array.from({ length: view.rows }, (_, i) => all.slice(i * view.cols, (i + 1) * view.cols))
}

/** The greatest difference. */
export function apart(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return Math.max(...a.flatMap((row, i) => row.map((x, j) => Math.abs(x - b[i]![j]!))))
}
