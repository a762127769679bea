/**
 * What the measures here need of a model beyond what a reading holds: its blocks, and values made again from the states. Of a reading under edits
 * the states are the edited ones; what the model makes of them is not edited again.
 */

import { BlockTower } from '../../model/families/transformer.ts'
import type { AttentionKind, Model } from '../../model/index.ts'
import { type Block, type MultiHeadAttention, repeatHeads } from '../../nn/index.ts'
import { permute, reshape } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import { type Sight, sightOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'

/** A reading of one text, and one attention of the model that made it. */
export interface Inside extends Pick<Sight, 'kind' | 'square'> {
  readonly model: Model
  readonly reading: Reading
  /** The layers that look. */
  readonly blocks: readonly Block[]
  /** How many tokens look, and how many are looked at. */
  readonly rows: number
  readonly n: number
}

export function insideOf(operation: string, model: Model, reading: Reading, asked?: AttentionKind): Inside {
  const { kind, square, rows, columns } = sightOf(operation, model, asked)
  const tower = model.network[rows]
  if (!(tower instanceof BlockTower)) throw new RangeError(`${operation}: ${model.name} has no ${rows}`)
  if (reading.batch !== 1) throw new RangeError(`${operation}: takes the reading of one text, got a batch of ${reading.batch}`)
  if (reading.config.family !== model.config.family || reading.config.width !== model.config.width)
    throw new Error(`${operation}: the reading is not of ${model.name}: give the model that made it`)
  const [looking, looked] = [rows, columns].map((half) => reading.tokensOf(0, { kind: half }).length)
  return { model, reading, kind, square, blocks: tower.blocks, rows: looking!, n: looked! }
}

export function blockOf(operation: string, { blocks, model }: Inside, layer: number): Block {
  const block = Number.isInteger(layer) ? blocks[layer] : undefined
  if (!block) throw new RangeError(`${operation}: layer ${layer} does not exist; ${model.name} has 0 to ${blocks.length - 1}`)
  return block
}

/** What the tokens that look were as they came to a layer: [1,rows,width]. It belongs to the reading. */
export const stateBefore = ({ reading, kind }: Inside, layer: number): Tensor =>
  reading.hidden(layer, { kind: kind === 'cross' ? 'decoder' : kind })

/** The attention of a layer that is meant. */
export const attentionIn = ({ kind }: Inside, block: Block): MultiHeadAttention =>
  kind === 'cross' ? block.cross! : block.attention

/** What was read, as the decoder sees it: [1,S,width]. */
export const sourceOf = ({ reading }: Inside): Tensor => reading.hidden(-1, { kind: 'encoder' })

/** [1,H,n,Dv]: the values of a layer, those that heads share once for each head. */
export function valuesOf(inside: Inside, block: Block, layer: number): Tensor {
  using s = scope()
  const { value, heads, kvHeads } = attentionIn(inside, block)
  const source = inside.kind === 'cross' ? sourceOf(inside) : block.attentionNorms.enter(stateBefore(inside, layer))
  const made = value.forward(source)
  const [, n, width] = made.shape as [number, number, number]
  const apart = permute(reshape(made, [1, n, kvHeads, width / kvHeads]), [0, 2, 1, 3])
  return s.keep(repeatHeads(apart, heads / kvHeads))
}

/** Part of every head's matrix: [heads][rows × columns]. */
export function tilesOf(
  inside: Inside,
  layer: number,
  [r0, r1]: readonly [number, number],
  [c0, c1]: readonly [number, number],
): Promise<Float32Array[]> {
  const { reading, kind, blocks } = inside
  const { heads } = attentionIn(inside, blocks[layer]!)
  return Promise.all(Array.from({ length: heads }, (_, head) => reading.attention(layer, head, { kind }).tile(r0, r1, c0, c1)))
}
