/** Keys and values of texts of different lengths: each row grows at its own end, and nothing looks at what lies between. */

import { scatter } from '../../attention/index.ts'
import type { KeysValues, KeyValueStore } from '../../nn/index.ts'
import { slice } from '../../ops/index.ts'
import { disown, empty, type Tensor } from '../../tensor/index.ts'

/** How many tokens each row holds, and how many of those that come next are real. All layers read the same. */
export interface Ends {
  readonly before: readonly number[]
  readonly fresh: readonly number[]
}

export class RaggedStore implements KeyValueStore {
  readonly #ends: () => Ends
  #keys: Tensor | undefined
  #values: Tensor | undefined

  constructor(ends: () => Ends) {
    this.#ends = ends
  }

  /** k, v [B,K,n,D]: row b goes to its own end; what is padding there is overwritten by the next. */
  append(k: Tensor, v: Tensor): KeysValues & { offset: readonly number[]; lengths: readonly number[] } {
    const { before, fresh } = this.#ends()
    const reach = Math.max(...before) + k.shape[2]!
    this.#keys = grown(this.#keys, k, reach)
    this.#values = grown(this.#values, v, reach)
    scatter(this.#keys, k, before)
    scatter(this.#values, v, before)
    const lengths = before.map((n, b) => n + fresh[b]!)
    return { k: slice(this.#keys, 2, 0, reach), v: slice(this.#values, 2, 0, reach), offset: before, lengths }
  }

  dispose(): void {
    this.#keys?.dispose()
    this.#values?.dispose()
  }
}

/** Room for `needed` positions, twice as much if it has to be made. */
function grown(side: Tensor | undefined, like: Tensor, needed: number): Tensor {
  if (side && needed <= side.shape[2]!) return side
  const made = empty(like.memory, like.shape.with(2, 2 * needed), like.dtype, 'generate')
  disown(made)
  if (side) {
    const start = new Array<number>(like.shape[0]!).fill(0)
    scatter(made, side, start)
    side.dispose()
  }
  return made
}
