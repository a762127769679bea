/**
 * The logit lens (nostalgebraist 2020): what the model would say if it stopped after each layer. The state after a layer goes through the final
 * norm and the head, as the last one does. Early layers may hold what the head cannot read yet: a poor guess there says that the head cannot
 * read it, not that it is not there.
 */

import { BlockTower } from '../../model/families/transformer.ts'
import type { Model } from '../../model/index.ts'
import { wordOf } from '../../model/tokenizer/word.ts'
import { slice } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import { breath } from '../breath.ts'
import type { Reading } from '../reading.ts'

export interface LogitLensOptions {
  /** Places from … to−1. Default: all. Of an encoder–decoder: places of what it wrote. */
  readonly rows?: readonly [number, number] | undefined
  /** How many guesses for each place. Default 5. */
  readonly top?: number | undefined
  /** Which text of a batch. Default 0. */
  readonly batch?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** How many of how many layers are read. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

export interface Guess {
  readonly id: number
  /** As it stands inside a text, the space before it included; `#id` without a tokenizer. */
  readonly text: string
  readonly probability: number
}

/** What one place would say after one layer. */
export interface Glimpse {
  /** Likeliest first. */
  readonly top: readonly Guess[]
  /** Of the whole distribution, in nats. */
  readonly entropy: number
  /** KL(what is said in the end ‖ what would be said here), in nats: 0 in the last layer. */
  readonly divergence: number
  /** What is said in the end: how likely it is here, and how many words are likelier. */
  readonly final: { readonly id: number; readonly probability: number; readonly rank: number }
}

export interface LogitLens {
  /** 'next': the word after each place. 'here': the word at it. */
  readonly says: 'next' | 'here'
  readonly rows: readonly [number, number]
  /** [layer][place − rows[0]]; layer 0 is the embeddings, the last what the model says. */
  readonly layers: readonly (readonly Glimpse[])[]
  /** For each place the first layer from which on the likeliest word is the one said in the end. */
  readonly settled: readonly number[]
}

/** Scores that are held at a time. */
const AT_ONCE = 2 ** 21

/** `model` must be the one that made the reading; it needs a head that scores words. */
export async function logitLens(model: Model, reading: Reading, options: LogitLensOptions = {}): Promise<LogitLens> {
  const { decoder, encoder, logits } = model.network
  const kind = decoder ? 'decoder' : 'encoder'
  const tower = decoder ?? encoder
  if (!logits || !(tower instanceof BlockTower))
    throw new Error(`logitLens: ${model.name} has no head that scores words; decoders and masked language models have`)
  const { batch = 0, top = 5 } = options
  const length = reading.tokensOf(batch, { kind }).length
  const rows = checked(options.rows, length)
  const pause = breath(options.signal)
  const layers: Glimpse[][] = Array.from({ length: tower.layers + 1 }, () => [])
  const step = Math.max(1, Math.floor(AT_ONCE / model.config.vocabulary))
  const steps = Math.ceil((rows[1] - rows[0]) / step) * layers.length
  let done = 0
  for (let from = rows[0]; from < rows[1]; from += step) {
    const to = Math.min(rows[1], from + step)
    const scoresAfter = (layer: number): Promise<Float64Array[]> => scores(reading, { tower, logits, kind, layer, batch, from, to })
    const final = (await scoresAfter(tower.layers)).map(distribution)
    for (const [layer, glimpses] of layers.entries()) {
      for (const [n, each] of (await scoresAfter(layer)).entries())
        glimpses.push(glimpse(distribution(each), final[n]!, top, model))
      options.onProgress?.(++done, steps)
      await pause()
    }
  }
  return { says: decoder ? 'next' : 'here', rows, layers, settled: settledOf(layers) }
}

interface Part {
  readonly tower: BlockTower
  readonly logits: (hidden: Tensor) => Tensor
  readonly kind: 'encoder' | 'decoder'
  readonly layer: number
  readonly batch: number
  readonly from: number
  readonly to: number
}

/** The scores of every word at places from … to−1. The last state is behind the final norm already. */
async function scores(reading: Reading, { tower, logits, kind, layer, batch, from, to }: Part): Promise<Float64Array[]> {
  const made = (() => {
    using s = scope()
    const state = slice(slice(reading.hidden(layer, { kind }), 0, batch, batch + 1), 1, from, to)
    const normed = layer < tower.layers && tower.norm ? tower.norm.forward(state) : state
    return s.keep(logits(layer < tower.layers && tower.leave ? tower.leave.forward(normed) : normed))
  })()
  try {
    const numbers = await made.read()
    const width = made.shape.at(-1)!
    return Array.from({ length: to - from }, (_, n) => new Float64Array(numbers.subarray(n * width, (n + 1) * width)))
  } finally {
    made.dispose()
  }
}

/** log p of every word. */
function distribution(scores: Float64Array): Float64Array {
  let most = Number.NEGATIVE_INFINITY
  for (const score of scores) most = Math.max(most, score)
  let sum = 0
  for (const score of scores) sum += Math.exp(score - most)
  const total = most + Math.log(sum)
  return scores.map((score) => score - total)
}

function glimpse(here: Float64Array, final: Float64Array, top: number, { tokenizer }: Model): Glimpse {
  const said = likeliest(final, 1)[0]!
  let [entropy, divergence, rank] = [0, 0, 0]
  for (let id = 0; id < here.length; id++) {
    if (here[id]! > Number.NEGATIVE_INFINITY) entropy -= Math.exp(here[id]!) * here[id]!
    if (final[id]! > Number.NEGATIVE_INFINITY) divergence += Math.exp(final[id]!) * (final[id]! - here[id]!)
    if (here[id]! > here[said]!) rank++
  }
  return {
    top: likeliest(here, top).map((id) => ({ id, text: wordOf(id, tokenizer), probability: Math.exp(here[id]!) })),
    entropy,
    divergence: Math.max(0, divergence),
    final: { id: said, probability: Math.exp(here[said]!), rank },
  }
}

/** The `count` largest, largest first; of equals the first. */
function likeliest(numbers: Float64Array, count: number): number[] {
  const best: number[] = []
  for (let id = 0; id < numbers.length; id++) {
    if (best.length === count && !(numbers[id]! > numbers[best.at(-1)!]!)) continue
    let at = best.length
    while (at > 0 && numbers[id]! > numbers[best[at - 1]!]!) at--
    best.splice(at, 0, id)
    if (best.length > count) best.pop()
  }
  return best
}

function settledOf(layers: readonly (readonly Glimpse[])[]): number[] {
  return layers[0]!.map((_, place) => {
    let first = layers.length - 1
    while (first > 0 && layers[first - 1]![place]!.final.rank === 0) first--
    return first
  })
}

function checked(rows: LogitLensOptions['rows'], length: number): readonly [number, number] {
  const [from, to] = rows ?? [0, length]
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > length)
    throw new RangeError(`logitLens: rows must be [from, to] within 0 to ${length} with from < to, got [${from}, ${to}]`)
  return [from, to]
}
