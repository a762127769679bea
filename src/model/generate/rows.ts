/** The queries of a text in the making, kept: who looked at whom is known of every token at any time, also after some were taken back. */

import { KeyValueCache } from '../../attention/index.ts'
import { type Looked, tensorsOf } from '../../nn/index.ts'
import { reshape, slice } from '../../ops/index.ts'
import { disown, scope, type Tensor } from '../../tensor/index.ts'

/** What one layer looked with, row after row. */
export class Rows {
  /** [1,H,n,D], and lse as [1,H,n,1]. */
  readonly #queries = new KeyValueCache()
  readonly #square: boolean
  #all: { readonly q: Tensor; readonly lse: Tensor } | undefined
  #last: Looked | undefined
  #lent: Looked | undefined

  /** `square`: do the rows look at one another? Else at a source, which stays as it is. */
  constructor(square: boolean) {
    this.#square = square
  }

  take(looked: Looked): void {
    this.#drop()
    const [batch, heads, length] = looked.lse.shape as [number, number, number]
    const { k: q, v: lse } = this.#queries.append(looked.q, reshape(looked.lse, [batch, heads, length, 1]))
    this.#all = { q, lse }
    this.#last = looked
    for (const tensor of [q, lse, ...this.#owned(looked)]) disown(tensor)
  }

  truncate(length: number): void {
    this.#queries.truncate(length)
    this.#unlend()
  }

  /** Of all rows: they stand where they stand in the text. */
  looked(): Looked {
    this.#lent ??= this.#whole()
    return this.#lent
  }

  dispose(): void {
    this.#drop()
    this.#queries.dispose()
  }

  #whole(): Looked {
    using s = scope()
    const { q, lse } = this.#all!
    const { k, v, options, held } = this.#last!
    const [batch, heads] = q.shape as [number, number]
    const length = this.#queries.length
    const { offset: _, ...shaping } = options
    const reach = this.#square ? length : k.shape[2]!
    const made = {
      q: slice(q, 2, 0, length),
      k: slice(k, 2, 0, reach),
      v: slice(v, 2, 0, reach),
      lse: reshape(slice(lse, 2, 0, length), [batch, heads, length]),
    }
    for (const tensor of Object.values(made)) disown(s.keep(tensor))
    return { ...made, options: shaping, held }
  }

  /** Keys and values of a source belong to the session. */
  #owned(looked: Looked): readonly Tensor[] {
    return this.#square ? tensorsOf(looked) : [looked.q, looked.lse, ...looked.held]
  }

  #unlend(): void {
    for (const tensor of this.#lent ? [this.#lent.q, this.#lent.k, this.#lent.v, this.#lent.lse] : []) tensor.dispose()
    this.#lent = undefined
  }

  #drop(): void {
    this.#unlend()
    for (const tensor of this.#last ? this.#owned(this.#last) : []) tensor.dispose()
    for (const tensor of this.#all ? [this.#all.q, this.#all.lse] : []) tensor.dispose()
    this.#last = undefined
    this.#all = undefined
  }
}
