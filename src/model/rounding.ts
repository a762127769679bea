/** What is lost when weights are rounded to int8: measured on the very numbers that the kernels will read. */

import { abs, embedding, max, stack, sub, sum, tensor } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'

/** Sums up over the pieces in which a weight is loaded. */
export class Loss {
  #worst = 0
  #largest = 0
  #off = 0
  #size = 0

  /** `rows` [n,K], and what `quantize` made of them. */
  async add(rows: Tensor, rounded: Tensor): Promise<void> {
    using measured = measure(rows, rounded)
    const [worst, largest, off, size] = (await measured.read()) as ArrayLike<number> as [number, number, number, number]
    this.#worst = Math.max(this.#worst, worst)
    this.#largest = Math.max(this.#largest, largest)
    this.#off += off
    this.#size += size
  }

  /** See `Rounded`. Of a weight of zeros nothing is lost. */
  get worst(): number {
    return this.#largest > 0 ? this.#worst / this.#largest : 0
  }

  get mean(): number {
    return this.#size > 0 ? this.#off / this.#size : 0
  }
}

/** → [4]: the largest and the sum of what is off, the largest and the sum of what there is. */
function measure(rows: Tensor, rounded: Tensor): Tensor {
  using s = scope()
  const ids = tensor(
    Int32Array.from({ length: rows.shape[0]! }, (_, n) => n),
    [rows.shape[0]!],
    { near: rows },
  )
  const off = abs(sub(rows, embedding(rounded, ids)))
  const there = abs(rows)
  return s.keep(stack([max(off), max(there), sum(off), sum(there)]))
}
