/** One reading of one text or batch: its tokens, what each layer made of it, and who looked at whom. */

import type { ScoreOptions } from '../attention/index.ts'
import type { Looked } from '../nn/index.ts'
import { tensor } from '../ops/index.ts'
import { Tensor } from '../tensor/index.ts'
import type { ModelConfig } from './config.ts'
import type { Network, NetworkOutput } from './families/family.ts'
import type { Prepared } from './input.ts'
import type { SentenceEmbedding } from './pooling.ts'
import type { Token } from './tokenizer/tokenizer.ts'
import { AttentionView } from './view.ts'

/** What a run needs of its model. */
export interface Reader {
  readonly config: ModelConfig
  readonly network: Network
  readonly sentence: SentenceEmbedding | undefined
}

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
  readonly #hidden: readonly Tensor[]
  readonly #looked: readonly Looked[]
  readonly #made = new Map<string, Tensor>()
  #disposed = false

  constructor(model: Reader, prepared: Prepared) {
    this.text = prepared.texts[0]
    this.batch = prepared.ids.length
    this.#model = model
    this.#prepared = prepared
    const { hidden, looked } = forward(prepared, model.network)
    this.#hidden = hidden
    this.#looked = looked
  }

  /** What the model that read is: how many layers and heads there are to look at. */
  get config(): ModelConfig {
    return this.#model.config
  }

  /** The tokens of the text (the first of a batch). */
  get tokens(): readonly Token[] {
    return this.tokensOf(0)
  }

  /** The tokens of one text of the batch; position n of every tensor is token n, padding included. */
  tokensOf(batch: number): readonly Token[] {
    return this.#prepared.tokens[this.#checkBatch('tokensOf', batch)]!
  }

  /** [B,L,width]. Layer 0: after the embeddings; n: after layer n − 1; −1: after the last layer. */
  hidden(layer: number): Tensor {
    this.#alive('hidden')
    const found = this.#hidden.at(layer)
    if (!found || !Number.isInteger(layer))
      throw new RangeError(
        `hidden: layer ${layer} does not exist; 0 (the embeddings) to ${this.#hidden.length - 1}, or −1 for the last`,
      )
    return found
  }

  /** [B,L,vocabulary]: the score of every word at every place. Undefined for a model without such a head. */
  get logits(): Tensor | undefined {
    return this.#once('logits', this.#model.network.logits)
  }

  /** [B,width]: what the model's own pooler makes of the first token. Undefined for a model without one. */
  get pooled(): Tensor | undefined {
    return this.#once('pooled', this.#model.network.pool)
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
    return this.#once('embedding', (hidden) => sentence.pool(hidden, this.#prepared.real))
  }

  /**
   * Who looks at whom in one head of one layer (both count from 0), or in the mean of its heads. Nothing is computed until the
   * view is asked for a part.
   */
  attention(layer: number, head: number | 'mean', { batch = 0 }: { batch?: number } = {}): AttentionView {
    this.#alive('attention')
    const { layers, heads } = this.#model.config
    const looked = Number.isInteger(layer) && layer >= 0 ? this.#looked[layer] : undefined
    if (!looked) throw new RangeError(`attention: layer ${layer} does not exist; the model has 0 to ${layers - 1}`)
    if (head !== 'mean' && !(Number.isInteger(head) && head >= 0 && head < heads))
      throw new RangeError(`attention: head ${head} does not exist; the model has 0 to ${heads - 1}, and 'mean'`)
    const list = head === 'mean' ? Array.from({ length: heads }, (_, n) => n) : [head]
    return new AttentionView(looked, list, this.#checkBatch('attention', batch))
  }

  /** Frees what the run holds. What was read from it stays. */
  dispose(): void {
    this.#disposed = true
    for (const tensor of this.#hidden) tensor.dispose()
    for (const { q, k, v, lse, options } of this.#looked) {
      for (const each of [q, k, v, lse]) each.dispose()
      if (options.mask instanceof Tensor) options.mask.dispose()
    }
    for (const tensor of this.#made.values()) tensor.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #once(name: string, make: ((hidden: Tensor) => Tensor) | undefined): Tensor | undefined {
    this.#alive(name)
    if (!make) return undefined
    const earlier = this.#made.get(name)
    if (earlier && !earlier.disposed) return earlier
    const made = make(this.hidden(-1))
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

/** Everything that the layers make of the input. What they need only on the way is freed, also when they fail. */
function forward(prepared: Prepared, network: Network): NetworkOutput {
  const [, near] = network.parameters().next().value!
  const table = (rows: readonly (readonly number[])[]): Tensor =>
    tensor(Int32Array.from(rows.flat()), [rows.length, prepared.length], { near })
  using ids = table(prepared.ids)
  using tokenTypes = table(prepared.tokenTypes)
  const padding = paddingOf(prepared, near)
  try {
    return network.forward({ ids, tokenTypes, attention: padding })
  } catch (error) {
    if (padding.mask instanceof Tensor) padding.mask.dispose()
    throw error
  }
}

/** Padding on the right becomes lengths, any other a mask [B,1,1,L]; without padding there is nothing to say. */
function paddingOf({ real, length }: Prepared, near: Tensor): ScoreOptions {
  const lengths = real.map((row) => row.lastIndexOf(1) + 1)
  if (real.every((row, b) => !row.slice(0, lengths[b]).includes(0))) return lengths.every((n) => n === length) ? {} : { lengths }
  return { mask: tensor(Uint8Array.from(real.flat()), [real.length, 1, 1, length], { dtype: 'bool', near }) }
}
