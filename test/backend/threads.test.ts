import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { attention, attentionWeights, cast, engineInfo, init, linear, masks, softmax, tensor } from '../../src/index.ts'
import { pack, quantize } from '../../src/ops/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'

/** Repeatable numbers in (−2, 2). */
function noise(n: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 30 - 2
  })
}

const made: Tensor[] = []
const keep = <T extends Tensor>(x: T): T => {
  made.push(x)
  return x
}
const random = (shape: number[], seed: number) =>
  keep(
    tensor(
      noise(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
      shape,
    ),
  )

afterEach(() => {
  for (const x of made.splice(0)) x.dispose()
})

/** Each takes another way through the kernels: by head, in tiles shared by all, few rows in chunks, a compiled mask, products, rows. */
const WORK: Record<string, () => Tensor[]> = {
  'many heads': () => {
    const { output, lse } = attention(random([2, 6, 70, 32], 1), random([2, 3, 90, 32], 2), random([2, 3, 90, 32], 3), {
      causal: true,
      offset: 20,
    })
    return [keep(output), keep(lse)]
  },
  'one long head': () => {
    const { output, lse } = attention(random([1, 1, 1100, 64], 1), random([1, 1, 1300, 64], 2), random([1, 1, 1300, 48], 3), {
      window: [300, 7],
    })
    return [keep(output), keep(lse)]
  },
  'one query against many keys': () => {
    const { output, lse } = attention(random([1, 2, 1, 64], 1), random([1, 1, 9000, 64], 2), random([1, 1, 9000, 64], 3))
    return [keep(output), keep(lse)]
  },
  'a mask written as a function': () => {
    const mask = masks.from((_b, h, i, j) => i.sub(j).abs().le(h.add(3).mul(20)))
    const { output, lse } = attention(random([1, 3, 400, 16], 1), random([1, 3, 400, 16], 2), random([1, 3, 400, 16], 3), { mask })
    return [keep(output), keep(lse)]
  },
  'a tile of weights': () => [
    keep(attentionWeights(random([1, 2, 500, 64], 1), random([1, 2, 700, 64], 2), {}, { rows: [100, 400], cols: [0, 700] })),
  ],
  'a product': () => [keep(linear(random([130, 300], 1), random([250, 300], 2), { activation: 'gelu' }))],
  'products of a row or two with stored weights': () =>
    [1, 2].flatMap((rows) =>
      (['float16', 'bfloat16', 'int8'] as const).map((kind) => {
        const [x, weight] = [random([rows, 800], 1), random([600, 800], 2)]
        return keep(linear(x, keep(kind === 'int8' ? quantize(weight) : pack(keep(cast(weight, kind))))))
      }),
    ),
  rows: () => [keep(softmax(random([3000, 77], 1)))],
}

describe('threads', () => {
  it('change no bit of any result', async () => {
    const results: Record<string, unknown[]> = {}
    for (const threads of [1, 2, 3]) {
      await init({ threads })
      expect(engineInfo().threads).toBe(threads)
      for (const [name, work] of Object.entries(WORK)) {
        const bits = []
        for (const x of work())
          bits.push(
            createHash('sha256')
              .update(new Uint8Array((await x.read()).buffer))
              .digest('hex'),
          )
        results[name] ??= bits
        expect(bits, `${name} on ${threads} threads`).toEqual(results[name])
        for (const x of made.splice(0)) x.dispose()
      }
    }
  })

  it('share many small jobs in a row without losing one', async () => {
    await init({ threads: 3 })
    const x = random([64, 256], 1)
    const w = random([256, 256], 2)
    const first = await keep(linear(x, w)).read()
    for (let n = 0; n < 300; n++) {
      const y = linear(x, w)
      if (n % 50 === 0) expect(await y.read()).toEqual(first)
      y.dispose()
    }
  })

  it('are refused a restart while tensors live, and say how many', async () => {
    await init({ threads: 2 })
    random([2], 1)
    await expect(init({ threads: 1 })).rejects.toThrow(/1 tensors live in it; dispose them/)
  })
})
