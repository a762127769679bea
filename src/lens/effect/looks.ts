/** What every head looked with and what it gave, of one run of one text. */

import { attention } from '../../attention/index.ts'
import { forward, type Passed } from '../../model/forward.ts'
import { type AttentionKind, AttentionView } from '../../model/index.ts'
import type { Prepared } from '../../model/input.ts'
import { type Looked, tensorsOf } from '../../nn/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Reader } from './pass.ts'

/** One attention layer. */
export interface Place {
  readonly kind: AttentionKind
  readonly layer: number
}

export class Looks {
  readonly #passed: Passed
  readonly #blends: ReadonlyMap<Looked, Tensor>

  constructor(reader: Reader, prepared: Prepared) {
    this.#passed = forward(prepared, reader)
    const { encoder, decoder } = this.#passed
    const all = [encoder, decoder].flatMap((each) => (each ? [...each.looked, ...each.crossLooked] : []))
    this.#blends = new Map(all.map((looked) => [looked, blendOf(looked)]))
  }

  /** Every attention layer that has a say in the last states of this half. */
  places(half: 'encoder' | 'decoder'): readonly Place[] {
    const kinds: readonly AttentionKind[] = half === 'encoder' ? ['encoder'] : ['encoder', 'decoder', 'cross']
    return kinds.flatMap((kind) => this.#list(kind).map((_, layer) => ({ kind, layer })))
  }

  /** [H,L,Dv] of the blends. */
  shape(place: Place): readonly [heads: number, rows: number, width: number] {
    const { q, v } = this.#looked(place)
    return [q.shape[1]!, q.shape[2]!, v.shape[3]!]
  }

  view(place: Place, head: number): AttentionView {
    return new AttentionView(this.#looked(place), [head], 0)
  }

  /** [1,K,S,Dv]; it belongs to the run. */
  values(place: Place): Tensor {
    return this.#looked(place).v
  }

  /** [1,H,L,Dv]: what each head gives; it belongs to the run. */
  blend(place: Place): Tensor {
    return this.#blends.get(this.#looked(place))!
  }

  dispose(): void {
    const { encoder, decoder, held } = this.#passed
    for (const each of [encoder, decoder]) {
      for (const tensor of each?.hidden ?? []) tensor.dispose()
      for (const looked of [...(each?.looked ?? []), ...(each?.crossLooked ?? [])])
        for (const tensor of tensorsOf(looked)) tensor.dispose()
    }
    for (const tensor of [...held, ...this.#blends.values()]) tensor.dispose()
  }

  #list(kind: AttentionKind): readonly Looked[] {
    const { encoder, decoder } = this.#passed
    return (kind === 'encoder' ? encoder?.looked : kind === 'decoder' ? decoder?.looked : decoder?.crossLooked) ?? []
  }

  #looked({ kind, layer }: Place): Looked {
    return this.#list(kind)[layer]!
  }
}

function blendOf({ q, k, v, options }: Looked): Tensor {
  using s = scope()
  return s.keep(attention(q, k, v, options).output)
}
