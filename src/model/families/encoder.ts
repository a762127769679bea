/** An encoder with absolute positions: embeddings, blocks, and the heads that its checkpoint has. */

import type { Activation } from '../../backend/index.ts'
import { type Block, type Embedding, keepLooked, type Linear, type Looked, Module, type Norm } from '../../nn/index.ts'
import { add, reshape, slice } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Network, NetworkInput, NetworkOutput } from './family.ts'

/** What a token is when it comes in: its word, where it stands, which segment it belongs to. */
export class EncoderEmbeddings extends Module {
  readonly words: Embedding
  readonly positions: Tensor
  readonly tokenTypes: Embedding
  readonly norm: Norm

  constructor(parts: { words: Embedding; positions: Tensor; tokenTypes: Embedding; norm: Norm }) {
    super()
    this.words = parts.words
    this.positions = parts.positions
    this.tokenTypes = parts.tokenTypes
    this.norm = parts.norm
  }

  /** int32 [B,L] → [B,L,width] */
  forward({ ids, tokenTypes }: Pick<NetworkInput, 'ids' | 'tokenTypes'>): Tensor {
    using s = scope()
    const positions = slice(this.positions, 0, 0, ids.shape[1]!)
    return s.keep(this.norm.forward(add(add(this.words.forward(ids), this.tokenTypes.forward(tokenTypes)), positions)))
  }
}

/** The head that guesses hidden words: one more layer, then the score of every word. */
export class MaskedWordHead extends Module {
  readonly transform: Linear
  readonly norm: Norm
  readonly decoder: Linear
  readonly activation: Activation

  constructor(parts: { transform: Linear; norm: Norm; decoder: Linear; activation: Activation }) {
    super()
    this.transform = parts.transform
    this.norm = parts.norm
    this.decoder = parts.decoder
    this.activation = parts.activation
  }

  /** [B,L,width] → [B,L,vocabulary] */
  forward(hidden: Tensor): Tensor {
    using s = scope()
    return s.keep(this.decoder.forward(this.norm.forward(this.transform.forward(hidden, { activation: this.activation }))))
  }
}

export class Encoder extends Module implements Network {
  readonly embeddings: EncoderEmbeddings
  readonly blocks: readonly Block[]
  readonly pooler: Linear | undefined
  readonly head: MaskedWordHead | undefined
  readonly logits?: (hidden: Tensor) => Tensor
  readonly pool?: (hidden: Tensor) => Tensor

  constructor(parts: { embeddings: EncoderEmbeddings; blocks: readonly Block[]; pooler?: Linear; head?: MaskedWordHead }) {
    super()
    this.embeddings = parts.embeddings
    this.blocks = parts.blocks
    const { pooler, head } = parts
    this.pooler = pooler
    this.head = head
    if (head) this.logits = (hidden) => head.forward(hidden)
    if (pooler) this.pool = (hidden) => poolFirst(pooler, hidden)
  }

  forward(input: NetworkInput): NetworkOutput {
    using s = scope()
    const hidden = [s.keep(this.embeddings.forward(input))]
    const looked: Looked[] = []
    for (const block of this.blocks) {
      const seen = block.forward(hidden.at(-1)!, { options: input.attention, watch: true })
      hidden.push(s.keep(seen.output))
      looked.push(keepLooked(s, seen.looked!))
    }
    return { hidden, looked }
  }
}

/** tanh(W · the first token's state + b): what BERT's pooler does. */
function poolFirst(pooler: Linear, hidden: Tensor): Tensor {
  using s = scope()
  const [batch, , width] = hidden.shape as [number, number, number]
  return s.keep(pooler.forward(reshape(slice(hidden, 1, 0, 1), [batch, width]), { activation: 'tanh' }))
}
