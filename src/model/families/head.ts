/** From the last hidden state to the score of every word. */

import type { Activation } from '../../backend/index.ts'
import { type Linear, Module, type Norm } from '../../nn/index.ts'
import { mul, tanh } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'

/** decoder(norm(activation(transform(x))) · scale), capped as limit · tanh(score / limit); what is absent is left out. */
export class WordHead extends Module {
  /** One more layer before the scores: the heads that guess hidden words have one. */
  readonly transform: Linear | undefined
  readonly activation: Activation
  readonly norm: Norm | undefined
  readonly scale: number
  /** [vocabulary,width] */
  readonly decoder: Linear
  readonly limit: number | undefined

  constructor(parts: {
    transform?: Linear | undefined
    activation?: Activation
    norm?: Norm | undefined
    scale?: number
    decoder: Linear
    limit?: number | undefined
  }) {
    super()
    this.transform = parts.transform
    this.activation = parts.activation ?? 'none'
    this.norm = parts.norm
    this.scale = parts.scale ?? 1
    this.decoder = parts.decoder
    this.limit = parts.limit
  }

  /** [B,L,width] → [B,L,vocabulary] */
  forward(hidden: Tensor): Tensor {
    using s = scope()
    let x = this.transform ? this.transform.forward(hidden, { activation: this.activation }) : hidden
    if (this.norm) x = this.norm.forward(x)
    if (this.scale !== 1) x = mul(x, this.scale)
    const scores = this.decoder.forward(x)
    return s.keep(this.limit === undefined ? scores : mul(tanh(mul(scores, 1 / this.limit)), this.limit))
  }
}
