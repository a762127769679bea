/** The same model with something taken away: a look of one head, or all knowledge of where words stand. */

import { masks } from '../../attention/index.ts'
import type { Rows, TowerOutput, TowerPass } from '../../model/families/family.ts'
import { BlockTower, Transformer } from '../../model/families/transformer.ts'
import { prepare } from '../../model/input.ts'
import { Run } from '../../model/run.ts'
import { Block, MultiHeadAttention } from '../../nn/index.ts'
import type { Reader } from '../recipe.ts'

/** An encoder as `loadModel` or a training gives it. */
export type OpenReader = Reader & { readonly network: object }

export interface Link {
  readonly layer: number
  readonly head: number
  /** Query and key: which token looks at which. */
  readonly from: number
  readonly to: number
}

/** Reads as if one token did not look at one other in one head of one layer; that head's other looks share the weight. */
export function withoutLink(model: OpenReader, { layer, head, from, to }: Link): Reader {
  const cut = masks.from((_b, h, i, j) => h.ne(head).or(i.ne(from)).or(j.ne(to)))
  const { tower, network } = partsOf(model)
  const blocks = tower.blocks.map((block, n) => {
    if (n !== layer) return block
    const { attention } = block
    const { mask } = attention.options
    if (mask) throw new Error('withoutLink: the layer has a mask already')
    return new Block({
      ...block,
      attention: new MultiHeadAttention({ ...attention, options: { ...attention.options, mask: cut } }),
    })
  })
  return readerOf(model, new Transformer({ ...network, encoder: new BlockTower({ ...tower, blocks }) }))
}

/** Reads as if every word stood in the same place. */
export function withoutPlaces(model: OpenReader): Reader {
  const { tower, network } = partsOf(model)
  return readerOf(model, new Transformer({ ...network, encoder: new Placeless({ ...tower }) }))
}

class Placeless extends BlockTower {
  override forward(rows: Rows, pass?: TowerPass): TowerOutput {
    return super.forward({ ...rows, places: rows.places.map((row) => row.map(() => 0)) }, pass)
  }
}

function partsOf({ network }: OpenReader): { tower: BlockTower; network: Transformer } {
  if (!(network instanceof Transformer) || !network.encoder) throw new TypeError('ablation: needs an encoder')
  return { tower: network.encoder, network }
}

function readerOf({ config, tokenizer }: Reader, network: Transformer): Reader {
  return {
    config,
    tokenizer,
    run: async (input) => new Run({ config, network, sentence: undefined }, prepare(input, config, tokenizer)),
  }
}
