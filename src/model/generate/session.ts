/** A text being written: keys and values stay, so that each new token costs one row. */

import { KeyValueCache } from '../../attention/index.ts'
import type { KeysValues } from '../../nn/index.ts'
import { concat, slice } from '../../ops/index.ts'
import { disown, scope, type Tensor } from '../../tensor/index.ts'
import type { ModelConfig } from '../config.ts'
import type { Network, Tower, TowerOutput, TowerPass } from '../families/family.ts'
import { paddingOf, rowsOf } from '../forward.ts'
import { type Hooks, stepped } from '../hooks.ts'
import type { Prepared } from '../input.ts'
import { RaggedStore } from './store.ts'
import { turn } from './turn.ts'

/** A long text is read in pieces, so that a signal is heard between them: of 128 tokens to 1024, as many as take about so many multiplications. */
const PIECE_WORK = 6.5e10
const [SHORTEST, LONGEST] = [128, 1024]

export interface SessionOptions {
  readonly hooks?: Hooks | undefined
  /**
   * Is shown what every piece made: all hidden states, and what each layer looked with. The tensors go when it returns. Then, as with hooks,
   * nothing is forgotten, not even what no window sees any more.
   */
  readonly watch?: ((seen: TowerOutput) => void) | undefined
}

export class Session {
  readonly #network: Network
  readonly #config: ModelConfig
  readonly #tower: Tower
  readonly #hooks: Hooks | undefined
  readonly #watch: SessionOptions['watch']
  readonly #stores: readonly (KeyValueCache | RaggedStore)[]
  /** What cross-attention looks at, made once. */
  readonly #source: Pick<TowerPass, 'projected' | 'sourceOptions'>
  /** Tokens of a piece. */
  readonly #piece: number
  #before: readonly number[]
  #fresh: readonly number[] = []

  constructor(network: Network, config: ModelConfig, prepared: Prepared, { hooks, watch }: SessionOptions = {}) {
    const { decoder } = network
    if (!decoder || !network.logits) throw new Error(`generate: ${config.family} cannot write`)
    this.#network = network
    this.#config = config
    this.#tower = decoder
    this.#hooks = hooks
    this.#watch = watch
    this.#piece = pieceOf(decoder)
    const rows = textsOf(prepared)
    this.#before = rows.map(() => 0)
    const even = rows.every((row) => row.length === rows[0]!.length)
    this.#stores = Array.from({ length: decoder.layers }, (_, layer) => {
      // Hooks count keys from the start of the text, so nothing may be forgotten.
      const window = hooks || watch ? undefined : decoder.windows[layer]
      return even
        ? new KeyValueCache(window === undefined ? {} : { window })
        : new RaggedStore(() => ({ before: this.#before, fresh: this.#fresh }))
    })
    this.#source = network.encoder ? sourceOf(network.encoder, decoder, prepared, config, hooks) : {}
  }

  /**
   * Reads on: new ids for every row. → the scores of every word after each row's last id, row by row. Throws the signal's reason as soon
   * as it is set.
   */
  async read(rows: readonly (readonly number[])[], signal?: AbortSignal): Promise<Float64Array[]> {
    const length = Math.max(...rows.map((row) => row.length))
    const step = !this.#hooks && rows.every((row) => row.length === length) ? this.#piece : length
    for (let from = 0; ; from += step) {
      const last = from + step >= length
      const piece = rows.map((row) => row.slice(from, from + step))
      const scores = await this.#readPiece(piece, last)
      await turn()
      signal?.throwIfAborted()
      if (last) return scores
    }
  }

  /** Takes back all but the first `length` tokens of a text that is written alone and watched, or has no window. */
  truncate(length: number): void {
    for (const store of this.#stores) {
      if (!(store instanceof KeyValueCache)) throw new Error('generate: texts of different lengths cannot be taken back')
      store.truncate(length)
    }
    this.#before = [length]
  }

  /** Words are scored after the last piece alone. */
  async #readPiece(rows: readonly (readonly number[])[], last: boolean): Promise<Float64Array[]> {
    using states = this.#states(rows)
    using logits = last ? this.#network.logits!(states) : undefined
    // Of a piece before the last the state is read, so that it is done when the next is begun.
    const all = (await (logits ?? states).read()) as Float32Array | Float64Array
    const width = all.length / rows.length
    return rows.map((_, b) => new Float64Array(all.subarray(b * width, (b + 1) * width)))
  }

  /** [B,1,width]: the state of each row's last token. */
  #states(rows: readonly (readonly number[])[]): Tensor {
    using s = scope()
    const { padId } = this.#config
    this.#fresh = rows.map((row) => row.length)
    const length = Math.max(...this.#fresh)
    const ids = rows.map((row) => [...row, ...new Array<number>(length - row.length).fill(padId)])
    const places = this.#before.map((from) => Array.from({ length }, (_, n) => from + n))
    const same = places.every(([from]) => from === places[0]![0])
    const passing = { tower: 'decoder', from: this.#before } as const
    const read = stepped({ ids, places: same ? [places[0]!] : places }, this.#hooks, passing)
    const output = this.#tower.forward(read.rows, {
      ...this.#source,
      stores: this.#stores,
      hooks: read.hooks,
      watch: this.#watch !== undefined,
    })
    this.#watch?.(output)
    this.#before = this.#before.map((from, b) => from + this.#fresh[b]!)
    const states = s.keep(lastOf(output.hidden.at(-1)!, this.#fresh))
    disown(states)
    return states
  }

  dispose(): void {
    for (const store of this.#stores) store.dispose()
    for (const { k, v } of this.#source.projected ?? []) for (const each of [k, v]) each.dispose()
    const mask = this.#source.sourceOptions?.mask
    if (mask && 'dispose' in mask) (mask as Tensor).dispose()
  }
}

/** The longer a piece, the fewer times every weight comes from memory. */
function pieceOf(tower: Tower): number {
  let numbers = 0
  for (const [, { size }] of tower.parameters()) numbers += size
  const tokens = Math.floor(PIECE_WORK / numbers / SHORTEST) * SHORTEST
  return Math.min(Math.max(tokens, SHORTEST), LONGEST)
}

/** What is to be continued, without its padding. */
export function textsOf(prepared: Prepared): readonly (readonly number[])[] {
  const { ids, real } = prepared.decoder ?? prepared
  return ids.map((row, b) => row.filter((_, n) => real[b]![n] === 1))
}

/** Reads what is to be looked at, and lets every layer make its keys and values of it. */
function sourceOf(
  encoder: Tower,
  decoder: Tower,
  prepared: Prepared,
  { padId }: ModelConfig,
  hooks: Hooks | undefined,
): { projected: readonly KeysValues[]; sourceOptions: NonNullable<TowerPass['sourceOptions']> } {
  using s = scope()
  const near = encoder.parameters().next().value![1]
  const options = paddingOf(prepared, near)
  const from = prepared.ids.map(() => 0)
  const { rows, hooks: inside } = stepped(rowsOf(prepared, encoder.counting, padId), hooks, { tower: 'encoder', from })
  const read = encoder.forward(rows, { options, hooks: inside })
  const projected = decoder.project(read.hidden[0]!, stepped(rows, hooks, { tower: 'decoder', from }).hooks)
  const kept = projected.flatMap(({ k, v }) => [k, v])
  if (options.mask && 'dispose' in options.mask) kept.push(options.mask as Tensor)
  for (const tensor of kept) disown(s.keep(tensor))
  return { projected, sourceOptions: options }
}

/** [B,L,width] → [B,1,width]: the state of each row's last token. */
function lastOf(hidden: Tensor, lengths: readonly number[]): Tensor {
  const length = hidden.shape[1]!
  if (lengths.every((n) => n === length)) return slice(hidden, 1, length - 1, length)
  return concat(
    lengths.map((n, b) => slice(slice(hidden, 0, b, b + 1), 1, n - 1, n)),
    0,
  )
}
