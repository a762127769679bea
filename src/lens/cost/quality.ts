/** What a cheaper pattern costs in quality: the model's own attention on a text against the same model held to the pattern. */

import type { ScoreOptions } from '../../attention/index.ts'
import type { Model, ModelInput, Run } from '../../model/index.ts'
import type { AttentionHooks } from '../../nn/index.ts'
import type { TensorData } from '../../tensor/index.ts'
import { breath } from '../breath.ts'
import { cosineDistance, divergence } from '../effect/formulas.ts'
import { linksOf } from './links.ts'
import { causal, dense, earlier, type Pattern } from './patterns.ts'

export interface QualityOptions {
  readonly signal?: AbortSignal | undefined
  /** How many of how many runs are done. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

export interface QualityRow {
  readonly pattern: string
  readonly says: string
  /** Which share is left of the links that the text would have without it (of causal ones, where queries see no later key). */
  readonly links: number
  /** The mean of 1 − cosine of the last hidden vectors, over all tokens. */
  readonly turned: number
  /** The mean KL(own ‖ held to the pattern) of the distributions over words, in nats. Undefined without a head that scores words. */
  readonly divergence: number | undefined
  /** The mean of −log p of each next token, in nats. Of decoders alone. */
  readonly loss: number | undefined
}

export interface Quality {
  /** How many tokens the text has: what everything is a mean over. */
  readonly tokens: number
  /** Without a pattern. */
  readonly loss: number | undefined
  readonly rows: readonly QualityRow[]
}

/**
 * One text, read as the model would, and again under each pattern: in every layer and head a query sees what the model lets it see and the pattern
 * too. Of an encoder–decoder both halves are held to it, cross-attention is not. The model was not trained to be held so: what a model loses
 * that was trained with a pattern may be less.
 */
export async function quality(
  model: Model,
  input: Extract<ModelInput, string | readonly number[]>,
  patterns: readonly Pattern[],
  { signal, onProgress }: QualityOptions = {},
): Promise<Quality> {
  const pause = breath(signal)
  using own = await model.run(input)
  if (own.batch !== 1) throw new RangeError(`quality: takes one text, got ${own.batch}`)
  const half = model.network.decoder ? 'decoder' : 'encoder'
  const seen = own.tokensOf(0, { kind: half }).length
  const [states, words] = [await vectors(own, half), await scores(own)]
  const whole = await linksOf(model.config.causal ? causal : dense, own.tokens.length)
  const rows: QualityRow[] = []
  for (const [at, pattern] of patterns.entries()) {
    using run = await held(model, input, pattern)
    const [turned, moved] = [await vectors(run, half), await scores(run)]
    rows.push({
      pattern: pattern.name,
      says: pattern.says,
      links: (await linksOf(model.config.causal ? earlier(pattern) : pattern, own.tokens.length)) / whole,
      turned: mean(states.map((x, n) => cosineDistance(x, turned[n]!))),
      divergence: words && mean(words.map((x, n) => divergence(x, moved![n]!))),
      loss: await lossOf(model, run, seen),
    })
    onProgress?.(at + 1, patterns.length)
    await pause()
  }
  return { tokens: own.tokens.length, loss: await lossOf(model, own, seen), rows }
}

/** A run in which every layer's attention to its own text is narrowed. */
async function held(model: Model, input: ModelInput, pattern: Pattern): Promise<Run> {
  const narrowed = (options: ScoreOptions, n: number): ScoreOptions => {
    const mask = pattern.mask(n)
    if (!mask) return options
    return { ...options, mask: [...(options.mask === undefined ? [] : [options.mask].flat()), mask] }
  }
  const attention: AttentionHooks = {
    attend: (looking, attend) => attend({ ...looking, options: narrowed(looking.options, looking.k.shape[2]!) }),
  }
  return await model.run(input, { hooks: { block: () => ({ attention }) } })
}

/** A loss needs a next token. */
async function lossOf(model: Model, run: Run, tokens: number): Promise<number | undefined> {
  return model.config.kind === 'decoder' && run.logits && tokens > 1 ? await run.loss() : undefined
}

async function vectors(run: Run, half: 'encoder' | 'decoder'): Promise<Float64Array[]> {
  const hidden = run.hidden(-1, { kind: half })
  return rowsOf(await hidden.read(), hidden.shape.at(-1)!)
}

async function scores(run: Run): Promise<Float64Array[] | undefined> {
  const { logits } = run
  return logits && rowsOf(await logits.read(), logits.shape.at(-1)!)
}

function rowsOf(numbers: TensorData, width: number): Float64Array[] {
  return Array.from({ length: numbers.length / width }, (_, n) => new Float64Array(numbers.subarray(n * width, (n + 1) * width)))
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length
