/** Prints a digest of the bits that attention gives for a few calls, on as many threads as the first argument says. */

import { createHash } from 'node:crypto'
import * as regard from '../../src/index.ts'
import { randomNumbers } from './calls.ts'

await regard.init({ threads: Number(process.argv[2]) })
const { masks, scores } = regard
const hash = createHash('sha256')

async function digest(L: number, S: number, D: number, options: regard.AttentionOptions): Promise<void> {
  const made = (n: number, seed: number): regard.Tensor => regard.tensor(randomNumbers(seed, 2 * 4 * n * D), [2, 4, n, D])
  const [q, k, v] = [made(L, 1), made(S, 2), made(S, 3)]
  const { output, lse } = regard.attention(q, k, v, options)
  for (const x of [output, lse, regard.attentionWeights(q, k, options, { rows: [0, Math.min(L, 20)] })])
    hash.update(new Uint8Array((await x.read()).buffer))
}

await digest(300, 300, 64, {})
await digest(300, 300, 64, { causal: true })
await digest(1, 5000, 64, {})
await digest(3, 3000, 32, { causal: true, offset: 2997, sinks: [0, 1, 2, 3] })
await digest(150, 400, 80, { mask: masks.longformer({ window: 20, global: [3] }), score: scores.alibi(), softcap: 5 })
await digest(130, 130, 33, { dropout: { p: 0.3, seed: 5 }, window: [40, 3] })

console.log(hash.digest('hex'))
