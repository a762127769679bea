/** Every model that Regard reads: an encoder, a decoder, or both, out of the same blocks. */

import type { positions } from '../../attention/index.ts'
import { type Block, type KeysValues, keepLooked, type Linear, type Looked, Module, type Norm } from '../../nn/index.ts'
import { reshape, slice } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Embeddings } from './embeddings.ts'
import type { Network, Rows, Tower, TowerHooks, TowerOutput, TowerPass } from './family.ts'
import type { WordHead } from './head.ts'

export class BlockTower extends Module implements Tower {
  readonly embeddings: Embeddings
  readonly blocks: readonly Block[]
  /** After the last block. */
  readonly norm: Norm | undefined
  /** After the norm: OPT brings the states back to the width of its words. */
  readonly leave: Linear | undefined
  readonly counting: Tower['counting']

  constructor(parts: {
    embeddings: Embeddings
    blocks: readonly Block[]
    norm?: Norm | undefined
    leave?: Linear | undefined
    counting?: Tower['counting']
  }) {
    super()
    this.embeddings = parts.embeddings
    this.blocks = parts.blocks
    this.norm = parts.norm
    this.leave = parts.leave
    this.counting = parts.counting ?? 'real'
  }

  get layers(): number {
    return this.blocks.length
  }

  get windows(): readonly (number | undefined)[] {
    return this.blocks.map(({ attention: { options } }) => (options.causal && options.window ? options.window[0] + 1 : undefined))
  }

  get stretched(): Tower['stretched'] {
    const all = this.blocks.flatMap(({ attention: { rotary } }) => rotary?.options.scaling ?? [])
    const [first] = all.flatMap((each) =>
      each.type === 'dynamic' || each.type === 'longrope' ? [{ by: each.type, beyond: each.positions }] : [],
    )
    return first
  }

  forward(rows: Rows, pass: TowerPass = {}): TowerOutput {
    using s = scope()
    const { hooks } = pass
    const stream = (layer: number, x: Tensor): Tensor => (hooks ? hooks.residual(layer, x) : x)
    const hidden = [stream(0, this.embeddings.forward(rows))]
    const looked: Looked[] = []
    const crossLooked: Looked[] = []
    const angles = this.#angles(rows, hidden[0]!)
    for (const [n, block] of this.blocks.entries()) {
      const seen = block.forward(hidden.at(-1)!, {
        ...pass,
        angles: block.attention.rotary && angles.get(block.attention.rotary),
        store: pass.stores?.[n],
        projected: pass.projected?.[n],
        hooks: hooks?.block(n),
      })
      hidden.push(n + 1 < this.layers ? stream(n + 1, seen.output) : seen.output)
      if (seen.looked) looked.push(keepLooked(s, seen.looked))
      if (seen.crossLooked) crossLooked.push(keepLooked(s, seen.crossLooked))
    }
    hidden.push(stream(this.layers, this.#finish(hidden.pop()!)))
    return { hidden: (pass.watch ? hidden : hidden.slice(-1)).map((each) => s.keep(each)), looked, crossLooked }
  }

  project(source: Tensor, hooks?: TowerHooks): readonly KeysValues[] {
    return this.blocks.map((block, n) => block.cross!.project(source, { hooks: hooks?.block(n)?.cross }))
  }

  #finish(x: Tensor): Tensor {
    using s = scope()
    const normed = this.norm ? this.norm.forward(x) : x
    return s.keep(this.leave ? this.leave.forward(normed) : normed)
  }

  /** Layers that rotate alike share their angles. */
  #angles({ places }: Rows, near: Tensor): Map<positions.Rotary, positions.Angles> {
    const rotaries = new Set(this.blocks.flatMap(({ attention }) => attention.rotary ?? []))
    return new Map([...rotaries].map((rotary) => [rotary, rotary.angles(places, near)]))
  }
}

export class Transformer extends Module implements Network {
  readonly encoder: BlockTower | undefined
  readonly decoder: BlockTower | undefined
  readonly pooler: Linear | undefined
  readonly head: WordHead | undefined
  readonly logits?: (hidden: Tensor) => Tensor
  readonly pool?: (hidden: Tensor) => Tensor

  constructor(parts: {
    encoder?: BlockTower | undefined
    decoder?: BlockTower | undefined
    pooler?: Linear | undefined
    head?: WordHead | undefined
  }) {
    super()
    const { encoder, decoder, pooler, head } = parts
    this.encoder = encoder
    this.decoder = decoder
    this.pooler = pooler
    this.head = head
    if (head) this.logits = (hidden) => head.forward(hidden)
    if (pooler) this.pool = (hidden) => poolFirst(pooler, hidden)
  }
}

/** tanh(W · the first token's state + b): what BERT's pooler does. */
function poolFirst(pooler: Linear, hidden: Tensor): Tensor {
  using s = scope()
  const [batch, , width] = hidden.shape as [number, number, number]
  return s.keep(pooler.forward(reshape(slice(hidden, 1, 0, 1), [batch, width]), { activation: 'tanh' }))
}
