/** Models for the tests of effects: one that can be computed by hand, and others rebuilt with explicit masks. */

import { expect } from 'vitest'
import { Embeddings } from '../../src/model/families/embeddings.ts'
import { WordHead } from '../../src/model/families/head.ts'
import type { BlockTower } from '../../src/model/families/transformer.ts'
import { BlockTower as Tower, Transformer } from '../../src/model/families/transformer.ts'
import { forward } from '../../src/model/forward.ts'
import { type AttentionKind, Model, type ModelInput } from '../../src/model/index.ts'
import { prepare } from '../../src/model/input.ts'
import { Block, Embedding, FeedForward, Linear, MultiHeadAttention, Norms } from '../../src/nn/index.ts'
import { tensor } from '../../src/ops/index.ts'

/**
 * One layer with one head over vectors of two numbers. Every token looks at all with the same weight (queries are 0), keys, values and
 * outputs are what they are made of, nothing is normalised, the feed-forward gives 0. The score of word n is number n of the state.
 *
 *     token 0 is (3,0), tokens 1 and 2 are (0,3);  state of token i = token i + the mean of all = token i + (1,2)
 *
 * `gain`: queries are so many times what they are made of, so that tokens look at their like: the scores are gain · 9/√2 or 0.
 */
export function handModel({ gain = 0, dtype = 'float64' }: { gain?: number; dtype?: 'float32' | 'float64' } = {}): Model {
  const matrix = (...rows: number[][]) => tensor(rows.flat(), [rows.length, rows[0]!.length], { dtype })
  const linear = (...rows: number[][]) => new Linear({ weight: matrix(...rows) })
  const [nothing, same] = [() => linear([0, 0], [0, 0]), () => linear([1, 0], [0, 1])]
  const block = new Block({
    attention: new MultiHeadAttention({
      query: linear([gain, 0], [0, gain]),
      key: same(),
      value: same(),
      output: same(),
      heads: 1,
    }),
    attentionNorms: new Norms({}),
    feedForward: new FeedForward({ up: nothing(), down: nothing(), activation: 'relu' }),
    feedForwardNorms: new Norms({}),
  })
  const embeddings = new Embeddings({ words: new Embedding({ weight: matrix([3, 0], [0, 3]) }) })
  const sizes = { layers: 1, heads: 1, kvHeads: 1, width: 2, headWidth: 2, innerWidth: 2, vocabulary: 2, positions: 16 }
  const config = { ...sizes, family: 'by hand', kind: 'encoder', architecture: undefined, tokenTypes: 1, causal: false } as const
  return new Model(
    {
      ...{ name: 'by hand', tokenizer: undefined, dtype, unused: [], seen: undefined },
      config: { ...config, activation: 'relu', normEps: 0, tied: false, padId: 0 },
      network: new Transformer({ encoder: new Tower({ embeddings, blocks: [block] }), head: new WordHead({ decoder: same() }) }),
      ...({ weights: {}, writing: {} } as Pick<Model, 'weights' | 'writing'>),
    },
    undefined,
  )
}

/** The ids of the three tokens. */
export const HAND = [0, 1, 1]

export interface OneLink {
  readonly kind: AttentionKind
  readonly layer: number
  readonly head: number
  readonly from: number
  readonly to: number
}

/**
 * The last states [L][width] of one half, with some links forbidden: the layers are put together anew, with a mask of booleans [1,H,L,S]
 * beside whatever else shapes their scores. No hook, no edit.
 */
export async function statesWithout(
  model: Model,
  input: ModelInput,
  half: 'encoder' | 'decoder',
  links: readonly OneLink[],
): Promise<Float64Array[]> {
  const prepared = prepare(input, model.config, model.tokenizer)
  const { encoder, decoder, pooler, head } = model.network as Transformer
  const lengths = { encoder: prepared.length, decoder: (prepared.decoder ?? prepared).length }
  const again = (tower: BlockTower | undefined, kind: 'encoder' | 'decoder') =>
    tower &&
    new Tower({
      ...tower,
      blocks: tower.blocks.map((block, layer) => {
        const of = (which: AttentionKind) => links.filter((link) => link.kind === which && link.layer === layer)
        const attention = masked(block.attention, of(kind), lengths[kind], lengths[kind])
        const cross = block.cross && masked(block.cross, of('cross'), lengths.decoder, lengths.encoder)
        return new Block({ ...block, attention, cross })
      }),
    })
  const network = new Transformer({ encoder: again(encoder, 'encoder'), decoder: again(decoder, 'decoder'), pooler, head })
  const passed = forward(prepared, { network, config: model.config })
  const states = passed[half]!.hidden.at(-1)!
  const [, length, width] = states.shape as [number, number, number]
  const numbers = await states.read()
  return Array.from({ length }, (_, n) => Float64Array.from(numbers.subarray(n * width, (n + 1) * width)))
}

function masked(attention: MultiHeadAttention, links: readonly OneLink[], rows: number, columns: number): MultiHeadAttention {
  if (links.length === 0) return attention
  expect(attention.options.mask).toBeUndefined()
  const { heads, options } = attention
  const allowed = new Uint8Array(heads * rows * columns).fill(1)
  for (const { head, from, to } of links) allowed[(head * rows + from) * columns + to] = 0
  const mask = tensor(allowed, [1, heads, rows, columns], { dtype: 'bool', near: attention.query.weight })
  return new MultiHeadAttention({ ...attention, options: { ...options, mask } })
}

/** 1 − cos, from the formula. */
export function oneLessCosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let n = 0; n < a.length; n++) {
    ab += a[n]! * b[n]!
    aa += a[n]! * a[n]!
    bb += b[n]! * b[n]!
  }
  return 1 - ab / Math.sqrt(aa * bb)
}

/** Families that look in every way there is, and what each of them is asked. `kinds`: of attention. */
export const FAMILIES: readonly { readonly name: string; readonly kinds: readonly AttentionKind[]; readonly input: ModelInput }[] =
  [
    ...['bert-mlm', 'distilbert-mlm', 'modernbert-mlm', 'roberta-mlm'].map((name) => ({
      name,
      kinds: ['encoder'] as const,
      input: [5, 17, 33, 8, 64, 21, 12],
    })),
    ...['gpt2', 'bloom', 'gpt-neox', 'opt', 'llama', 'qwen3', 'gemma2', 'mistral-window', 'gpt-oss'].map((name) => ({
      name,
      kinds: ['decoder'] as const,
      input: [5, 17, 33, 8, 64, 21, 12],
    })),
    ...['t5', 'bart'].map((name) => ({
      name,
      kinds: ['encoder', 'decoder', 'cross'] as const,
      input: { inputIds: [[5, 17, 33, 8, 64]], decoderInputIds: [[2, 9, 31, 40]] },
    })),
  ]
