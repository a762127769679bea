/** A pass that keeps nothing but the last states, of one text many times over: each row of the batch can be changed in its own way. */

import type { Network } from '../../model/families/family.ts'
import { paddingOf, rowsOf } from '../../model/forward.ts'
import { type Hooks, stepped } from '../../model/hooks.ts'
import type { ModelConfig } from '../../model/index.ts'
import type { Prepared, Side } from '../../model/input.ts'
import type { SentenceEmbedding } from '../../model/pooling.ts'
import { concat, reshape, slice } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Vector } from './formulas.ts'
import type { Gauge } from './measure.ts'

/** What a pass needs of a model. */
export interface Reader {
  readonly config: ModelConfig
  readonly network: Network
  readonly sentence: SentenceEmbedding | undefined
}

/** The same text `times` over. */
export function repeated(prepared: Prepared, times: number): Prepared {
  const over = <T>(list: readonly T[]): T[] => Array.from({ length: times }, () => list[0]!)
  const side = ({ length, ids, tokenTypes, real, tokens, texts }: Side): Side => ({
    length,
    ids: over(ids),
    tokenTypes: over(tokenTypes),
    real: over(real),
    tokens: over(tokens),
    ...(texts && { texts: over(texts) }),
  })
  const { decoder } = prepared
  return { ...side(prepared), ...(decoder && { decoder: side(decoder) }), texts: over(prepared.texts) }
}

/** The last hidden states [B,L,width] of one half. The other half is run where this one needs it. */
export function lastStates(reader: Reader, prepared: Prepared, half: 'encoder' | 'decoder', hooks?: Hooks): Tensor {
  using s = scope()
  const { encoder, decoder } = reader.network
  const near = reader.network.parameters().next().value![1]
  const options = paddingOf(prepared, near)
  const go = (which: 'encoder' | 'decoder', side: Side, pass: object): Tensor => {
    const tower = which === 'encoder' ? encoder! : decoder!
    const from = side.ids.map(() => 0)
    const { rows, hooks: inside } = stepped(rowsOf(side, tower.counting, reader.config.padId), hooks, { tower: which, from })
    return tower.forward(rows, { options: paddingOf(side, near), ...pass, hooks: inside }).hidden.at(-1)!
  }
  const read = encoder && go('encoder', prepared, {})
  if (half === 'encoder') return s.keep(read!)
  const cross = read && { source: read, sourceOptions: options }
  return s.keep(go('decoder', prepared.decoder ?? prepared, { ...cross }))
}

/** What a measure reads: [B, places, size], followed by a tape if the states are. */
export function vectorsOf(reader: Reader, prepared: Prepared, { reads, places }: Gauge, states: Tensor): Tensor {
  using s = scope()
  if (reads === 'embedding') {
    const made = reader.sentence!.pool(states, prepared.real)
    return s.keep(reshape(made, [made.shape[0]!, 1, made.shape[1]!]))
  }
  const there = places.map((place) => slice(states, 1, place, place + 1))
  const chosen = there.length === 1 ? there[0]! : concat(there, 1)
  return s.keep(reads === 'hidden' ? chosen : reader.network.logits!(chosen))
}

/** The numbers of [B, places, size]: for each text, a vector for each place. */
export async function numbersOf(vectors: Tensor): Promise<Vector[][]> {
  const [batch, places, size] = vectors.shape as [number, number, number]
  const numbers = await vectors.read()
  return Array.from({ length: batch }, (_, b) =>
    Array.from({ length: places }, (_, n) =>
      Float64Array.from(numbers.subarray((b * places + n) * size, (b * places + n + 1) * size)),
    ),
  )
}
