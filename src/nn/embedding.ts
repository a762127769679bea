import { embedding } from '../ops/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { Module } from './module.ts'

/** A row of numbers for every id. weight [entries,width] */
export class Embedding extends Module {
  readonly weight: Tensor

  constructor({ weight }: { weight: Tensor }) {
    super()
    this.weight = weight
  }

  /** ids int32 […] → […,width] */
  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids)
  }
}
