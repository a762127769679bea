/** What the parts of a text are worth: the exact effect of cutting all links to one of them, in one layer at a time. */

import type { Edit, Model } from '../../model/index.ts'
import { type EffectMeasure, effect } from '../effect/index.ts'
import type { Visited } from '../heads/strips.ts'
import { inputOf } from '../reading.ts'
import type { Part } from './parts.ts'

export interface PartEffectOptions {
  readonly model: Model
  /** Default: the mean of 1 − cosine of the last hidden vectors of the tokens that look. */
  readonly measure?: EffectMeasure | undefined
  /** Hears how many of how many runs are done. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

export interface EffectOfParts {
  readonly measure: string
  readonly layers: readonly { readonly parts: readonly number[]; readonly sinks: number }[]
}

type Span = readonly [first: number, last: number]

/** Links are cut before the softmax. One run for each layer and part, and one for each layer's sinks. */
export async function effectOfParts(
  { reading, sight }: Visited,
  parts: readonly Part[],
  rows: readonly number[],
  sink: Uint8Array,
  { model, measure, onProgress, signal }: PartEffectOptions & { signal?: AbortSignal | undefined },
): Promise<EffectOfParts> {
  const from: Span = [rows[0]!, rows.at(-1)!]
  const beside = (first: number, last: number): Span[] => spans(first, last, (at) => sink[at] === 0)
  const targets = [...parts.map(({ first, last }) => beside(first, last)), spans(0, sink.length - 1, (at) => sink[at] === 1)]
  const { kind, layers } = sight
  const cut = (to: Span, layer: number): Edit => ({ cut: 'edge', from, to, layer, kind })
  const edits = Array.from({ length: layers }, (_, layer) => targets.map((list) => list.map((to) => cut(to, layer)))).flat()
  const found = await effect(model, inputOf(reading), edits, {
    measure: measure ?? { cosine: from, kind: sight.rows },
    onProgress,
    signal,
  })
  const values = found.map((each) => each.effect)
  const per = targets.length
  return {
    measure: found[0]!.measure,
    layers: Array.from({ length: layers }, (_, layer) => ({
      parts: values.slice(layer * per, (layer + 1) * per - 1),
      sinks: values[(layer + 1) * per - 1]!,
    })),
  }
}

/** Unbroken runs of tokens within [first, last] that are wanted. */
function spans(first: number, last: number, wanted: (at: number) => boolean): Span[] {
  const found: [number, number][] = []
  for (let at = first; at <= last; at++) {
    if (!wanted(at)) continue
    const open = found.at(-1)
    if (open && open[1] === at - 1) open[1] = at
    else found.push([at, at])
  }
  return found
}
