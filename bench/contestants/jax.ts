/** jax-js on its WASM backend: jit-compiled dotProductAttention and matmul. */

import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np } from '@jax-js/jax'
import { normal, normalByToken } from '../numbers.ts'
import { type AttentionWork, maskBias, type ProductWork, type Row, SEEDS, type Work, weightScale } from '../work.ts'
import { type Contestant, operation, type Prepared, pickRows, Refusal } from './contestant.ts'

type JaxArray = ReturnType<typeof np.array>

export const jax: Contestant = {
  async prepare(work: Work, threads: number): Promise<Prepared> {
    useThreads(threads)
    const asked = operation(work)
    await init('wasm')
    defaultDevice('wasm')
    return asked.kind === 'product' ? product(asked) : attention(asked)
  },
}

/** It has no setting: where it can start workers (in a page), it starts as many as the browser says that there are processors. */
function useThreads(threads: number): void {
  if (typeof Worker !== 'undefined') Object.defineProperty(navigator, 'hardwareConcurrency', { value: threads })
  else if (threads > 1) throw new Refusal('it starts workers only in a page')
}

function attention(work: AttentionWork): Prepared {
  const { heads, queries, keys, width, mask, alibi, backward } = work
  if (alibi || backward) throw new Refusal('is not asked for it here')
  const causal = mask.kind === 'causal' && queries === keys
  const inputs = (['q', 'k', 'v'] as const).map((name) => {
    const length = name === 'q' ? queries : keys
    return np.array(normalByToken(heads, length, width, SEEDS[name])).reshape([1, length, heads, width])
  })
  if (mask.kind === 'dense' || causal) {
    const run = jit((q: JaxArray, k: JaxArray, v: JaxArray) => nn.dotProductAttention(q, k, v, { isCausal: causal }))
    return running(NAME, () => run(...(inputs.map((x) => x.ref) as [JaxArray, JaxArray, JaxArray])), heads, width, byToken)
  }
  const bias = np.array(maskBias(work)).reshape([1, 1, queries, keys])
  const run = jit((q: JaxArray, k: JaxArray, v: JaxArray, b: JaxArray) => nn.dotProductAttention(q, k, v, { bias: b }))
  return running(
    NAME,
    () => run(...([...inputs, bias].map((x) => x.ref) as [JaxArray, JaxArray, JaxArray, JaxArray])),
    heads,
    width,
    byToken,
  )
}

const NAME = 'dotProductAttention'
const byToken = ([head, row]: Row): Row => [row, head]

function product({ m, n, k }: ProductWork): Prepared {
  const x = np.array(normal(m * k, SEEDS.x)).reshape([m, k])
  const w = np.array(normal(n * k, SEEDS.w, 0, weightScale(k))).reshape([n, k])
  const bias = np.array(normal(n, SEEDS.bias))
  const run = jit((a: JaxArray, b: JaxArray, c: JaxArray) => np.matmul(a, b.transpose()).add(c))
  return running(
    'matmul',
    () => run(x.ref, w.ref, bias.ref),
    m,
    n,
    (row) => row,
  )
}

function running(variant: string, run: () => JaxArray, length: number, width: number, place: (row: Row) => Row): Prepared {
  let last: JaxArray | undefined
  return {
    variant,
    async call() {
      last?.dispose()
      last = run()
      await blockUntilReady(last)
    },
    rows: async (rows) => pickRows((await last!.ref.data()) as Float32Array, length, width, rows.map(place)),
  }
}
