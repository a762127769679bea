/**
 * What the measures here need of a model beyond what a reading holds: its blocks, and values made again from the states. Of a reading under edits
 * the states are the edited ones; what the model makes of them is not edited again.
 */

import { BlockTower } from '../../model/families/transformer.ts'
import type { AttentionKind, Model } from '../../model/index.ts'
import { type Block, repeatHeads } from '../../nn/index.ts'
import { permute, reshape } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Reading } from '../reading.ts'

/** A reading of one text, and the half of the model that made it. */
export interface Inside {
  readonly model: Model
  readonly reading: Reading
  readonly kind: Extract<AttentionKind, 'encoder' | 'decoder'>
  readonly blocks: readonly Block[]
  /** How many tokens there are. */
  readonly n: number
}

export function insideOf(operation: string, model: Model, reading: Reading, kind?: Inside['kind']): Inside {
  const half = kind ?? (model.network.encoder ? 'encoder' : 'decoder')
  const tower = model.network[half]
  if (!(tower instanceof BlockTower)) throw new RangeError(`${operation}: ${model.name} has no ${half}`)
  if (reading.batch !== 1) throw new RangeError(`${operation}: takes the reading of one text, got a batch of ${reading.batch}`)
  if (reading.config.family !== model.config.family || reading.config.width !== model.config.width)
    throw new Error(`${operation}: the reading is not of ${model.name}: give the model that made it`)
  return { model, reading, kind: half, blocks: tower.blocks, n: reading.tokensOf(0, { kind: half }).length }
}

export function blockOf(operation: string, { blocks, model }: Inside, layer: number): Block {
  const block = Number.isInteger(layer) ? blocks[layer] : undefined
  if (!block) throw new RangeError(`${operation}: layer ${layer} does not exist; ${model.name} has 0 to ${blocks.length - 1}`)
  return block
}

/** What a layer read: [1,n,width]. It belongs to the reading. */
export const stateBefore = ({ reading, kind }: Inside, layer: number): Tensor => reading.hidden(layer, { kind })

/** [1,H,n,Dv]: the values of a layer, those that heads share once for each head. */
export function valuesOf(inside: Inside, block: Block, layer: number): Tensor {
  using s = scope()
  const { value, heads, kvHeads } = block.attention
  const made = value.forward(block.attentionNorms.enter(stateBefore(inside, layer)))
  const [, n, width] = made.shape as [number, number, number]
  const apart = permute(reshape(made, [1, n, kvHeads, width / kvHeads]), [0, 2, 1, 3])
  return s.keep(repeatHeads(apart, heads / kvHeads))
}

/** Part of every head's matrix: [heads][rows × columns]. */
export function tilesOf(
  { reading, kind, blocks }: Inside,
  layer: number,
  [r0, r1]: readonly [number, number],
  [c0, c1]: readonly [number, number],
): Promise<Float32Array[]> {
  const { heads } = blocks[layer]!.attention
  return Promise.all(Array.from({ length: heads }, (_, head) => reading.attention(layer, head, { kind }).tile(r0, r1, c0, c1)))
}
