/** Regard through its public entrance. */

import type { Gradients } from '../../src/autograd/index.ts'
import {
  type AttentionOptions,
  attention,
  attentionWeights,
  type InitOptions,
  init,
  linear,
  masks,
  mul,
  type ScoreLike,
  scores,
  sum,
  type Tensor,
  table,
  tensor,
} from '../../src/index.ts'
import { pack } from '../../src/ops/index.ts'
import { normal } from '../numbers.ts'
import { type AttentionWork, alibiSlope, type ProductWork, SEEDS, type WeightsWork, type Work, weightScale } from '../work.ts'
import { type Contestant, type Prepared, pickRows } from './contestant.ts'
import { done } from './done.ts'

export function regard(options: InitOptions = {}): Contestant {
  return {
    async prepare(work: Work, threads: number): Promise<Prepared> {
      const engine = String(await (await init({ ...options, threads })).settled())
      if (work.kind === 'product') return { ...product(work), engine }
      if (work.kind === 'weights') return { ...(await weights(work)), engine }
      if (work.kind === 'model') return { ...(await (await import('./regard-model.ts')).modelWork(work)), engine }
      return { ...(work.backward ? await train(work) : attend(work)), engine }
    },
  }
}

function attend(work: AttentionWork): Prepared {
  const { heads, queries, keys, width } = work
  const q = tensor(normal(heads * queries * width, SEEDS.q), [1, heads, queries, width])
  const [k, v] = (['k', 'v'] as const).map((name) => tensor(normal(heads * keys * width, SEEDS[name]), [1, heads, keys, width]))
  const options = optionsOf(work)
  let last: Tensor | undefined
  return {
    variant: 'attention',
    async call() {
      last?.dispose()
      const { output, lse } = attention(q, k!, v!, options)
      lse.dispose()
      last = output
      await done(output)
    },
    rows: async (rows) => pickRows((await last!.read()) as Float32Array, queries, width, rows),
  }
}

/** The output, and the gradients of q, k and v. */
async function train(work: AttentionWork): Promise<Prepared> {
  const { grad } = await import('../../src/autograd/index.ts')
  const { heads, queries, keys, width } = work
  const [q, k, v, g] = (['q', 'k', 'v', 'g'] as const).map((name) => {
    const length = name === 'q' || name === 'g' ? queries : keys
    return tensor(normal(heads * length * width, SEEDS[name]), [1, heads, length, width])
  }) as [Tensor, Tensor, Tensor, Tensor]
  const options = optionsOf(work)
  const gradients = grad((...[a, b, c]) => sum(mul(attention(a!, b!, c!, options).output, g)))
  let last: Gradients | undefined
  return {
    variant: 'grad',
    async call() {
      last?.dispose()
      last = gradients(q, k, v)
      await done(last.inputs[2]!)
    },
    rows: async (rows) => pickRows((await last!.inputs[0]!.read()) as Float32Array, queries, width, rows),
  }
}

function optionsOf(work: AttentionWork): AttentionOptions {
  const { mask, queries, keys, traced, alibi } = work
  const offset = keys - queries
  return {
    ...(mask.kind === 'dense' ? {} : { offset }),
    ...(traced ? { mask: tracedMask(work) } : builtInMask(work)),
    ...(alibi ? { score: alibiScore(work.heads, alibi) } : {}),
  }
}

function builtInMask({ mask, keys }: AttentionWork): AttentionOptions {
  if (mask.kind === 'causal') return { causal: true }
  if (mask.kind === 'window') return { window: [mask.size - 1, 0] }
  if (mask.kind === 'dense') return {}
  const document = Array.from({ length: keys }, (_, j) => Math.floor(j / mask.length))
  return { causal: true, mask: masks.documents(document) }
}

function tracedMask({ mask }: AttentionWork): NonNullable<AttentionOptions['mask']> {
  if (mask.kind === 'causal') return masks.from((_b, _h, i, j) => j.le(i))
  if (mask.kind === 'window') return masks.from((_b, _h, i, j) => j.le(i).and(j.gt(i.sub(mask.size))))
  throw new Error(`no traced function is written here for ${mask.kind}`)
}

function alibiScore(heads: number, how: 'built-in' | 'traced'): ScoreLike {
  const slopes = Array.from({ length: heads }, (_, head) => alibiSlope(head, heads))
  if (how === 'built-in') return scores.alibi(slopes)
  const slope = table(Float32Array.from(slopes), [heads])
  return scores.from((s, _b, h, i, j) => s.add(slope.at(h).mul(j.sub(i))))
}

/** Weights are packed beforehand, as `loadModel` packs them. */
function product({ m, n, k }: ProductWork): Prepared {
  const x = tensor(normal(m * k, SEEDS.x), [m, k])
  const w = pack(tensor(normal(n * k, SEEDS.w, 0, weightScale(k)), [n, k]))
  const bias = tensor(normal(n, SEEDS.bias), [n])
  let last: Tensor | undefined
  return {
    variant: 'linear',
    async call() {
      last?.dispose()
      last = linear(x, w, { bias })
      await done(last)
    },
    rows: async (rows) => pickRows((await last!.read()) as Float32Array, m, n, rows),
  }
}

async function weights({ keys, width, rows, cols }: WeightsWork): Promise<Prepared> {
  const [q, k, v] = (['q', 'k', 'v'] as const).map((name) => tensor(normal(keys * width, SEEDS[name]), [1, 1, keys, width]))
  const { output, lse } = attention(q!, k!, v!, { causal: true })
  await done(output)
  let last: Tensor | undefined
  return {
    variant: 'attentionWeights',
    async call() {
      last?.dispose()
      last = attentionWeights(q!, k!, { causal: true }, { rows, cols, lse })
      await done(last)
    },
    rows: async (wanted) =>
      pickRows(
        (await last!.read()) as Float32Array,
        rows[1] - rows[0],
        cols[1] - cols[0],
        wanted.map(([, row]) => [0, row - rows[0]]),
      ),
  }
}
