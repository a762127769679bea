/** A run of which all that is made on the way is kept. */

import type { BlockHooks } from '../nn/index.ts'
import { disown, type Tensor } from '../tensor/index.ts'
import type { Activations } from './edit/activations.ts'
import type { Site } from './edit/edit.ts'
import type { Hooks, Passing } from './hooks.ts'
import type { AttentionKind, Run } from './run.ts'
import type { Token } from './tokenizer/tokenizer.ts'

/** Hooks that change nothing and keep what heads and steps give. */
export class Recorder implements Hooks {
  readonly #kept = new Map<string, Tensor>()

  block(layer: number, { tower }: Passing): BlockHooks {
    const keep = (site: Site, kind: AttentionKind) => (x: Tensor) => this.#keep(`${kind} ${layer} ${site}`, x)
    const attention = (kind: AttentionKind): BlockHooks['attention'] => ({
      attend: (looking, attend) => {
        const seen = attend(looking)
        this.#keep(`${kind} ${layer} head`, seen.blend)
        return seen
      },
    })
    return {
      attention: attention(tower),
      cross: attention('cross'),
      attentionOutput: keep('attention', tower),
      crossOutput: keep('attention', 'cross'),
      feedForwardOutput: keep('feedForward', tower),
    }
  }

  get(site: Site, layer: number, kind: AttentionKind): Tensor | undefined {
    return this.#kept.get(`${kind} ${layer} ${site}`)
  }

  dispose(): void {
    for (const tensor of this.#kept.values()) tensor.dispose()
  }

  /** Another tensor over the same memory, with a life of its own. */
  #keep(name: string, x: Tensor): Tensor {
    const kept = x.restride(x.shape, x.strides)
    disown(kept)
    this.#kept.get(name)?.dispose()
    this.#kept.set(name, kept)
    return x
  }
}

/** Tensors it gives out belong to it and live until `dispose()`. */
export class Recording implements Activations {
  readonly run: Run
  readonly edited: boolean
  readonly #recorder: Recorder

  constructor(run: Run, recorder: Recorder, edited = false) {
    this.run = run
    this.edited = edited
    this.#recorder = recorder
  }

  get batch(): number {
    return this.run.batch
  }

  get text(): string | undefined {
    return this.run.text
  }

  tokensOf(batch: number, options?: { kind?: 'encoder' | 'decoder' }): readonly Token[] {
    return this.run.tokensOf(batch, options)
  }

  activation(site: Site, layer: number, kind: AttentionKind): Tensor {
    if (site === 'residual') return this.run.hidden(layer, { kind: kind === 'cross' ? 'decoder' : kind })
    if (site === 'q' || site === 'k' || site === 'v') return this.run.looked(layer, { kind })[site]
    const found = this.#recorder.get(site, layer, site === 'feedForward' && kind === 'cross' ? 'decoder' : kind)
    if (!found) throw new RangeError(`activation: layer ${layer} has no ${site} of kind ${JSON.stringify(kind)}`)
    return found
  }

  dispose(): void {
    this.run.dispose()
    this.#recorder.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}
