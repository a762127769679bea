/** The same gradients to the bit, however many threads share the work; and nothing leaks from forbidden keys. */

import { expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { attention, init, layerNorm, linear, masks, mul, scope, sum, type Tensor, tensor } from '../../src/index.ts'
import { AdamW, grad } from '../../src/nn/index.ts'
import { random } from './random.ts'

const f32 = (shape: number[], seed: number): Tensor => random(shape, seed, 'float32')

type Work = { inputs: () => Tensor[]; f: (...inputs: Tensor[]) => Tensor }

/** Each takes the work apart in another way. */
const WORK: Record<string, Work> = {
  'one long head, in parts': {
    inputs: () => [f32([1, 1, 1100, 64], 1), f32([1, 1, 1300, 64], 2), f32([1, 1, 1300, 48], 3)],
    f: (q, k, v) => attention(q!, k!, v!, { causal: true, offset: 200 }).output,
  },
  'many heads on few keys and values': {
    inputs: () => [f32([3, 6, 200, 32], 1), f32([3, 2, 170, 32], 2), f32([3, 2, 170, 32], 3), f32([6], 4)],
    f: (q, k, v, sinks) =>
      attention(q!, k!, v!, { sinks: sinks!, softcap: 3, mask: masks.from((_b, h, i, j) => i.sub(j).abs().le(h.add(9).mul(9))) })
        .output,
  },
  'products and norms': {
    inputs: () => [f32([900, 130], 1), f32([170, 130], 2), f32([170], 3), f32([170], 4)],
    f: (x, w, b, g) => layerNorm(linear(x!, w!, { bias: b!, activation: 'gelu' }), g!, b!),
  },
  'a table': {
    inputs: () => [f32([300, 200], 1)],
    f: (x) =>
      regard.embedding(
        x!,
        tensor(
          Int32Array.from({ length: 5000 }, (_, n) => (n * n) % 300),
          [5000],
        ),
      ),
  },
}

async function bits(threads: number): Promise<Record<string, Float32Array[]>> {
  await (await init({ threads })).settled()
  const results: Record<string, Float32Array[]> = {}
  for (const [name, { inputs, f }] of Object.entries(WORK)) {
    const reading = (() => {
      using _ = scope()
      const weighted = (...given: Tensor[]): Tensor => {
        const y = f(...given)
        return sum(mul(y, f32([...y.shape], 9)))
      }
      return grad(weighted)(...inputs()).inputs.map((x) => x.read())
    })()
    results[name] = (await Promise.all(reading)) as Float32Array[]
  }
  const stepped = (() => {
    using _ = scope()
    const p = f32([70_000], 1)
    using optimizer = new AdamW([['p', p]], { rate: 0.1 })
    optimizer.step(new Map([[p, f32([70_000], 2)]]))
    return p.read()
  })()
  results.Adam = [(await stepped) as Float32Array]
  return results
}

it('gradients have the same bits on 1, 2 and 3 threads', async () => {
  const one = await bits(1)
  for (const threads of [2, 3]) {
    const other = await bits(threads)
    for (const name of Object.keys(one)) expect(other[name], `${name} on ${threads} threads`).toEqual(one[name])
  }
})

it.each(['float32', 'float64'] as const)(
  'what a forbidden key or a row that sees nothing holds reaches no gradient, NaN included (%s)',
  async (dtype) => {
    await init()
    const [B, H, L, S, D] = [1, 2, 20, 40, 8]
    const spoilt = (shape: number[], seed: number, from: number, to: number): Tensor => {
      using plain = random(shape, seed, dtype)
      using head = regard.slice(plain, 2, 0, from)
      using tail = regard.slice(plain, 2, to)
      const bad = regard.full([B, H, to - from, D], Number.NaN, { dtype })
      return regard.concat([head, bad, tail], 2)
    }
    const run = (q: Tensor, k: Tensor, v: Tensor): Promise<ArrayLike<number>[]> => {
      // Keys from 30 on are forbidden, and query rows below 5 see nothing at all.
      const options = { lengths: [30], mask: masks.from((_b, _h, i) => i.ge(5)) }
      const loss = (...[q, k, v]: Tensor[]): Tensor => sum(regard.slice(attention(q!, k!, v!, options).output, 2, 5))
      return Promise.all(grad(loss)(q, k, v).inputs.map((x) => x.read()))
    }
    const clean = await run(random([B, H, L, D], 1, dtype), random([B, H, S, D], 2, dtype), random([B, H, S, D], 3, dtype))
    const bad = await run(spoilt([B, H, L, D], 1, 0, 5), spoilt([B, H, S, D], 2, 30, 40), spoilt([B, H, S, D], 3, 30, 40))
    clean.forEach((gradient, n) => {
      const worst = Array.from(gradient, (x, at) => Math.abs(x - bad[n]![at]!)).reduce((a, b) => Math.max(a, b), 0)
      expect(worst, `input ${n}`).toBeLessThan(1e-5)
    })
  },
)
