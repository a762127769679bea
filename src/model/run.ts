/** One reading of one text or batch: its tokens, what each layer made of it, and who looked at whom. */

import { crossEntropy, type Looked, tensorsOf } from '../nn/index.ts'
import type { Tensor } from '../tensor/index.ts'
import type { ModelConfig } from './config.ts'
import type { Network, TowerOutput } from './families/family.ts'
import { forward } from './forward.ts'
import type { Hooks } from './hooks.ts'
import type { Prepared, Side } from './input.ts'
import type { SentenceEmbedding } from './pooling.ts'
import type { Token } from './tokenizer/tokenizer.ts'
import { AttentionView } from './view.ts'

/** What a run needs of its model. */
export interface Reader {
  readonly config: ModelConfig
  readonly network: Network
  readonly sentence: SentenceEmbedding | undefined
}

/** Who looks at whom: the tokens read at themselves, those written at themselves, those written at those read. */
export type AttentionKind = 'encoder' | 'decoder' | 'cross'

/**
 * Tensors that a run gives out belong to it: they live until `dispose()`. Reading and looking work as long as the run lives, also
 * after the model is gone; logits and embeddings are computed when first asked for, and need the model's weights then.
 */
export class Run {
  /** The text that was read, if it was text (the first of a batch). */
  readonly text: string | undefined
  /** How many texts were read together. */
  readonly batch: number
  readonly #model: Reader
  readonly #prepared: Prepared
  readonly #encoder: TowerOutput | undefined
  readonly #decoder: TowerOutput | undefined
  /** What the layers were given and views still need. */
  readonly #held: readonly Tensor[]
  readonly #made = new Map<string, Tensor>()
  readonly #release: (() => void) | undefined
  #disposed = false

  /** `hooks`: what is done on the way; `release`: called when the run is disposed. */
  constructor(model: Reader, prepared: Prepared, { hooks, release }: { hooks?: Hooks | undefined; release?: () => void } = {}) {
    this.text = prepared.texts[0]
    this.batch = prepared.ids.length
    this.#model = model
    this.#prepared = prepared
    const { encoder, decoder, held } = forward(prepared, model, hooks)
    this.#encoder = encoder
    this.#decoder = decoder
    this.#held = held
    this.#release = release
  }

  /** What the model that read is: how many layers and heads there are to look at. */
  get config(): ModelConfig {
    return this.#model.config
  }

  /** The tokens of the text (the first of a batch). */
  get tokens(): readonly Token[] {
    return this.tokensOf(0)
  }

  /**
   * The tokens of one text of the batch; position n of every tensor is token n, padding included. An encoder–decoder has tokens that
   * it read (the default) and tokens that it wrote.
   */
  tokensOf(batch: number, { kind }: { kind?: 'encoder' | 'decoder' } = {}): readonly Token[] {
    this.#tower('tokensOf', kind)
    return this.#side(kind).tokens[this.#checkBatch('tokensOf', batch)]!
  }

  /**
   * What the offsets of those tokens count in: the text that was read, or what an encoder–decoder wrote. Undefined for ids, and for what was
   * written without a tokenizer.
   */
  textOf(batch: number, { kind }: { kind?: 'encoder' | 'decoder' } = {}): string | undefined {
    this.#tower('textOf', kind)
    return this.#side(kind).texts?.[this.#checkBatch('textOf', batch)]
  }

  /**
   * [B,L,width]. Layer 0: after the embeddings; n: after layer n − 1; the last, also −1: after the last layer and the norm behind it.
   * `kind` tells the two halves of an encoder–decoder apart; default its encoder.
   */
  hidden(layer: number, { kind }: { kind?: 'encoder' | 'decoder' } = {}): Tensor {
    this.#alive('hidden')
    const { hidden } = this.#tower('hidden', kind)
    const found = hidden.at(layer)
    if (!found || !Number.isInteger(layer))
      throw new RangeError(`hidden: layer ${layer} does not exist; 0 (the embeddings) to ${hidden.length - 1}, or −1 for the last`)
    return found
  }

  /**
   * [B,L,vocabulary]: the score of every word at every place; of what a decoder wrote, if there is one. Undefined for a model without
   * such a head.
   */
  get logits(): Tensor | undefined {
    return this.#once('logits', this.#model.network.logits, this.#decoder ? 'decoder' : 'encoder')
  }

  /**
   * The mean of −log p(label) over all places whose label is not −100. labels: rows as long as the tokens, padding included, of what the
   * logits belong to. Without labels: how well a decoder foresaw its own text, each token from those before it.
   */
  async loss(labels?: readonly ArrayLike<number>[]): Promise<number> {
    const logits = this.logits
    if (!logits) throw new Error(`loss: ${this.config.architecture ?? this.config.family} has no head that scores words`)
    const { real, ids, length } = this.#side(this.#decoder ? 'decoder' : 'encoder')
    if (!labels && this.config.kind !== 'decoder')
      throw new TypeError(`loss: ${this.config.family} does not foresee the next word; give the labels`)
    const next = (b: number) =>
      Array.from({ length }, (_, n) => (real[b]![n] === 1 && real[b]![n + 1] === 1 ? ids[b]![n + 1]! : -100))
    using loss = crossEntropy(
      logits,
      (labels ?? ids.map((_, b) => next(b))).flatMap((row) => Array.from(row)),
    )
    return (await loss.read())[0]!
  }

  /** [B,width]: what the model's own pooler makes of the first token. Undefined for a model without one. */
  get pooled(): Tensor | undefined {
    return this.#once('pooled', this.#model.network.pool, 'encoder')
  }

  /** [B,dimensions]: the vector of each text, as the checkpoint's sentence-transformers files say. Undefined without them. */
  embedding(): Tensor | undefined {
    const { sentence } = this.#model
    if (!sentence) return undefined
    const longest = Math.max(...this.#prepared.real.map((row) => row.reduce((sum, one) => sum + one, 0)))
    if (sentence.longest !== undefined && longest > sentence.longest)
      throw new RangeError(
        `embedding: the text has ${longest} tokens, this sentence encoder was made for at most ${sentence.longest}; shorten it`,
      )
    return this.#once('embedding', (hidden) => sentence.pool(hidden, this.#prepared.real), this.#first)
  }

  /**
   * Who looks at whom in one head of one layer (both count from 0), or in the mean of its heads. Nothing is computed until the
   * view is asked for a part. `kind` is for encoder–decoders; default their encoder.
   */
  attention(
    layer: number,
    head: number | 'mean',
    { batch = 0, kind = this.#first }: { batch?: number; kind?: AttentionKind } = {},
  ): AttentionView {
    const looked = this.#lookedAt('attention', layer, kind)
    const heads = looked.q.shape[1]!
    if (head !== 'mean' && !(Number.isInteger(head) && head >= 0 && head < heads))
      throw new RangeError(`attention: head ${head} does not exist; the model has 0 to ${heads - 1}, and 'mean'`)
    const numbers = head === 'mean' ? Array.from({ length: heads }, (_, n) => n) : [head]
    return new AttentionView(looked, numbers, this.#checkBatch('attention', batch))
  }

  /** What a layer looked with: its weights are exp(score(q, k, options) − lse). It belongs to the run. */
  looked(layer: number, { kind = this.#first }: { kind?: AttentionKind } = {}): Looked {
    return this.#lookedAt('looked', layer, kind)
  }

  /** Frees what the run holds. What was read from it stays. */
  dispose(): void {
    this.#disposed = true
    for (const output of [this.#encoder, this.#decoder]) {
      for (const tensor of output?.hidden ?? []) tensor.dispose()
      for (const looked of [...(output?.looked ?? []), ...(output?.crossLooked ?? [])])
        for (const tensor of tensorsOf(looked)) tensor.dispose()
    }
    for (const tensor of this.#held) tensor.dispose()
    for (const tensor of this.#made.values()) tensor.dispose()
    this.#release?.()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** What is meant where nobody says: the half that reads. */
  get #first(): 'encoder' | 'decoder' {
    return this.#encoder ? 'encoder' : 'decoder'
  }

  #tower(operation: string, kind: AttentionKind = this.#first): TowerOutput {
    const found = kind === 'encoder' ? this.#encoder : kind === 'decoder' || kind === 'cross' ? this.#decoder : undefined
    if (found && !(kind === 'cross' && found.crossLooked.length === 0)) return found
    const kinds = [this.#encoder && 'encoder', this.#decoder && 'decoder', this.#decoder?.crossLooked.length && 'cross']
    throw new RangeError(
      `${operation}: ${this.config.family} has no kind ${JSON.stringify(kind)}; it has ${kinds.filter(Boolean).join(', ')}`,
    )
  }

  #lookedAt(operation: string, layer: number, kind: AttentionKind): Looked {
    this.#alive(operation)
    const tower = this.#tower(operation, kind)
    const list = kind === 'cross' ? tower.crossLooked : tower.looked
    const looked = Number.isInteger(layer) && layer >= 0 ? list[layer] : undefined
    if (!looked) throw new RangeError(`${operation}: layer ${layer} does not exist; the model has 0 to ${list.length - 1}`)
    return looked
  }

  #side(kind: 'encoder' | 'decoder' | undefined): Side {
    return (kind === 'decoder' && this.#prepared.decoder) || this.#prepared
  }

  #once(name: string, make: ((hidden: Tensor) => Tensor) | undefined, kind: 'encoder' | 'decoder'): Tensor | undefined {
    this.#alive(name)
    if (!make) return undefined
    const earlier = this.#made.get(name)
    if (earlier && !earlier.disposed) return earlier
    const made = make(this.hidden(-1, { kind }))
    this.#made.set(name, made)
    return made
  }

  #checkBatch(operation: string, batch: number): number {
    if (!Number.isInteger(batch) || batch < 0 || batch >= this.batch)
      throw new RangeError(`${operation}: text ${batch} does not exist; this run has 0 to ${this.batch - 1}`)
    return batch
  }

  #alive(operation: string): void {
    if (this.#disposed) throw new Error(`${operation}: the run was used after dispose()`)
  }
}
