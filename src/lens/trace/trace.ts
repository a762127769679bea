/** One run of which everything is kept that grows with the text, and nothing that grows with its square. */

import {
  type Activations,
  type AttentionKind,
  AttentionView,
  type Edit,
  type Model,
  type ModelConfig,
  type ModelInput,
  Recorder,
  type Run,
  type RunOptions,
  type Site,
  type Token,
} from '../../model/index.ts'
import type { Looked } from '../../nn/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Reading } from '../reading.ts'
import { type Half, hiddenName, KINDS, madeName, type TraceParts } from './parts.ts'
import { pack, type SaveOptions, write } from './save.ts'

interface Of {
  /** Of an encoder–decoder; default its encoder. */
  readonly kind?: AttentionKind
}

/**
 * Tensors that a trace gives out belong to it and live until `dispose()`. It needs no model, but for logits that nobody asked for while
 * there was one.
 */
export class Trace implements Reading, Activations {
  readonly #parts: TraceParts
  #disposed = false

  /** @internal `trace` and `openTrace` make one. */
  constructor(parts: TraceParts) {
    this.#parts = parts
  }

  get text(): string | undefined {
    return this.#parts.text
  }

  get config(): ModelConfig {
    return this.#parts.config
  }

  /** What was done to the model while it read. */
  get edits(): readonly Edit[] {
    return this.#parts.edits
  }

  get edited(): boolean {
    return this.edits.length > 0
  }

  get batch(): number {
    return this.#parts.tokens[this.#first]!.length
  }

  get tokens(): readonly Token[] {
    return this.tokensOf(0)
  }

  tokensOf(batch: number, { kind = this.#first }: { kind?: Half } = {}): readonly Token[] {
    const all = this.#parts.tokens[kind]
    if (!all)
      throw new RangeError(
        `tokensOf: this trace has no kind ${JSON.stringify(kind)}; it has ${Object.keys(this.#parts.tokens).join(', ')}`,
      )
    const found = all[batch]
    if (!found) throw new RangeError(`tokensOf: text ${batch} does not exist; this trace has 0 to ${all.length - 1}`)
    return found
  }

  /** What the offsets of those tokens count in: known of the first text of a batch. */
  textOf(batch: number, { kind = this.#first }: { kind?: Half } = {}): string | undefined {
    this.tokensOf(batch, { kind })
    if (batch > 0) return undefined
    return kind === this.#first ? this.#parts.text : this.#parts.written
  }

  /** [B,L,width]: as a run's. */
  hidden(layer: number, { kind = this.#first }: { kind?: Half } = {}): Tensor {
    this.#alive('hidden')
    const last = this.#layers(kind)
    return this.#tensor('hidden', hiddenName(kind, layer < 0 ? last + 1 + layer : layer))
  }

  /** The stream as it comes to a layer: `hidden` by its other name. */
  residual(layer: number, of: { kind?: Half } = {}): Tensor {
    return this.hidden(layer, of)
  }

  /** [B,vocabulary] for every token, [B,L,vocabulary]; undefined for a model that scores no words, or a file without them. */
  get logits(): Tensor | undefined {
    this.#alive('logits')
    return this.#parts.logits()
  }

  /** Who looks at whom: exact, computed from q, k and lse when it is asked for. */
  attention(layer: number, head: number | 'mean', { kind, batch = 0 }: Of & { batch?: number } = {}): AttentionView {
    const looked = this.looked(layer, kind && { kind })
    const heads = looked.q.shape[1]!
    if (head !== 'mean' && !(Number.isInteger(head) && head >= 0 && head < heads))
      throw new RangeError(`attention: head ${head} does not exist; the model has 0 to ${heads - 1}, and 'mean'`)
    if (!Number.isInteger(batch) || batch < 0 || batch >= this.batch)
      throw new RangeError(`attention: text ${batch} does not exist; this trace has 0 to ${this.batch - 1}`)
    return new AttentionView(looked, head === 'mean' ? Array.from({ length: heads }, (_, n) => n) : [head], batch)
  }

  /** What a layer looked with: weights are exp(score(q, k, options) − lse). */
  looked(layer: number, { kind = this.#first }: Of = {}): Looked {
    this.#alive('looked')
    const list = this.#parts.looked[kind]
    if (!list)
      throw new RangeError(
        `attention: this trace has no kind ${JSON.stringify(kind)}; it has ${Object.keys(this.#parts.looked).join(', ')}`,
      )
    const found = Number.isInteger(layer) && layer >= 0 ? list[layer] : undefined
    if (!found) throw new RangeError(`attention: layer ${layer} does not exist; the trace has 0 to ${list.length - 1}`)
    return found
  }

  /** [B,H,L,D], behind norms and rotation. */
  q(layer: number, of: Of = {}): Tensor {
    return this.looked(layer, of).q
  }

  /** [B,K,S,D] */
  k(layer: number, of: Of = {}): Tensor {
    return this.looked(layer, of).k
  }

  /** [B,K,S,Dv] */
  v(layer: number, of: Of = {}): Tensor {
    return this.looked(layer, of).v
  }

  /** [B,H,L]: the logarithm of the sum of the exponentials of each row's scores. */
  lse(layer: number, of: Of = {}): Tensor {
    return this.looked(layer, of).lse
  }

  /** [B,H,L,Dv]: what each head gives, before the output projection. */
  headOutputs(layer: number, { kind = this.#first }: Of = {}): Tensor {
    return this.#tensor('headOutputs', madeName(kind, layer, 'head'))
  }

  /** [B,L,width]: what attention adds to the stream. */
  attentionOutput(layer: number, { kind = this.#first }: Of = {}): Tensor {
    return this.#tensor('attentionOutput', madeName(kind, layer, 'attention'))
  }

  /** [B,L,width]: what the feed-forward adds to the stream. */
  feedForwardOutput(layer: number, { kind = this.#first }: { kind?: Half } = {}): Tensor {
    return this.#tensor('feedForwardOutput', madeName(kind, layer, 'feedForward'))
  }

  /** Any of them by the name that patches use. */
  activation(site: Site, layer: number, kind: AttentionKind): Tensor {
    const half = kind === 'cross' ? 'decoder' : kind
    if (site === 'residual') return this.hidden(layer, { kind: half })
    if (site === 'head') return this.headOutputs(layer, { kind })
    if (site === 'attention') return this.attentionOutput(layer, { kind })
    if (site === 'feedForward') return this.feedForwardOutput(layer, { kind: half })
    return this.looked(layer, { kind })[site]
  }

  /** One safetensors file, lossless: docs/lens.md has its layout. With a path it is written there as well (Node). */
  async save(path?: string, options: SaveOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    this.#alive('save')
    const bytes = await pack(this.#parts, options)
    if (path !== undefined) await write(path, bytes)
    return bytes
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#parts.release()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  get #first(): Half {
    return this.#parts.looked.encoder ? 'encoder' : 'decoder'
  }

  #layers(kind: Half): number {
    return this.#parts.looked[kind]?.length ?? 0
  }

  #tensor(operation: string, name: string): Tensor {
    this.#alive(operation)
    const found = this.#parts.tensors.get(name)
    if (!found) throw new RangeError(`${operation}: this trace has no ${name}`)
    return found
  }

  #alive(operation: string): void {
    if (this.#disposed) throw new Error(`${operation}: the trace was used after dispose()`)
  }
}

/** Reads once and keeps it all: O(tokens · width) for each layer. */
export async function trace(model: Model, input: ModelInput, options: RunOptions = {}): Promise<Trace> {
  const recorder = new Recorder()
  const { hooks = [] } = options
  const run = await model.run(input, { ...options, hooks: [...[hooks].flat(), recorder] })
  return new Trace(partsOf(run, recorder, [options.edits ?? []].flat() as readonly Edit[]))
}

function partsOf(run: Run, recorder: Recorder, edits: readonly Edit[]): TraceParts {
  const { config } = run
  const halves: Half[] = config.kind === 'encoder-decoder' ? ['encoder', 'decoder'] : [config.kind]
  const tensors = new Map<string, Tensor>()
  const looked: { [kind in AttentionKind]?: readonly Looked[] } = {}
  for (const kind of KINDS.filter((kind) => halves.includes(kind as Half) || halves.length === 2)) {
    const layers = kind === 'encoder' ? config.layers : (config.decoder ?? config).layers
    const each = Array.from({ length: layers }, (_, layer) => layer)
    looked[kind] = each.map((layer) => run.looked(layer, { kind }))
    for (const layer of each)
      for (const what of ['head', 'attention', 'feedForward'] as const) {
        const made = recorder.get(what, layer, kind)
        if (made) tensors.set(madeName(kind, layer, what), made)
      }
    if (kind !== 'cross') for (let n = 0; n <= layers; n++) tensors.set(hiddenName(kind, n), run.hidden(n, { kind }))
  }
  const tokens = Object.fromEntries(
    halves.map((kind) => [kind, Array.from({ length: run.batch }, (_, b) => run.tokensOf(b, { kind }))]),
  )
  return {
    ...{ text: run.text, written: halves.length === 2 ? run.textOf(0, { kind: 'decoder' }) : undefined },
    ...{ config, edits, tokens, looked, tensors },
    logits: () => run.logits,
    release: () => {
      run.dispose()
      recorder.dispose()
    },
  }
}
