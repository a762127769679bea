import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CONTROL_SLEEPERS } from '../../src/backend/wasm/layout.ts'
import { Machine, makeMemory } from '../../src/backend/wasm/machine.ts'
import { Pool } from '../../src/backend/wasm/pool.ts'
import { loadTier } from '../../src/backend/wasm/tiers.ts'
import { attention, attentionWeights, cast, init, linear, masks, softmax, tensor } from '../../src/index.ts'
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
  'products of one row to many': () => {
    const weight = keep(pack(random([200, 64], 2)))
    return Array.from({ length: 200 }, (_, n) => keep(linear(random([n + 1, 64], 1), weight)))
  },
  'products of a row or two with stored weights': () =>
    [1, 2].flatMap((rows) =>
      (['float16', 'bfloat16', 'int8'] as const).map((kind) => {
        const [x, weight] = [random([rows, 800], 1), random([600, 800], 2)]
        return keep(linear(x, keep(kind === 'int8' ? quantize(weight) : pack(keep(cast(weight, kind))))))
      }),
    ),
  rows: () => [keep(softmax(random([3000, 77], 1)))],
}

async function bitsOf(work: () => Tensor[]): Promise<string[]> {
  const results = await Promise.all(work().map((x) => x.read()))
  for (const x of made.splice(0)) x.dispose()
  return results.map((x) => createHash('sha256').update(new Uint8Array(x.buffer)).digest('hex'))
}

describe('threads', () => {
  it('change no bit of any result', async () => {
    const results: Record<string, string[]> = {}
    for (const threads of [1, 2, 3]) {
      const engine = await (await init({ threads })).settled()
      expect(engine.threads).toBe(threads)
      for (const [name, work] of Object.entries(WORK)) {
        const bits = await bitsOf(work)
        results[name] ??= bits
        expect(bits, `${name} on ${threads} threads`).toEqual(results[name])
      }
    }
  })

  it('may join while others compute: a call waits for none of them, and has the same bits', async () => {
    await init({ threads: 1 })
    const alone = await bitsOf(WORK['a product']!)
    const engine = await init({ threads: 3 })
    // Helpers start while this thread never lets go: whatever it computes before they are up it computes by itself.
    const early = bitsOf(() => Array.from({ length: 40 }, WORK['a product']!).flat())
    expect(new Set(await early)).toEqual(new Set(alone))
    expect((await engine.settled()).notes).toEqual([])
    expect(await bitsOf(WORK['a product']!)).toEqual(alone)
  })

  it('that cannot start are told of, and the engine computes without them', async () => {
    await init({ threads: 1 })
    const alone = await bitsOf(WORK['a product']!)
    const modules = process.getBuiltinModule
    const threads = modules('node:worker_threads')
    let started = 0
    class Refused extends threads.Worker {
      constructor(url: URL) {
        // One is refused at once, one ends before it has joined, one is as it should be.
        if (started++ === 0) throw new Error('no more threads')
        super(started === 2 ? new URL('data:text/javascript,throw new Error("broken")') : url)
      }
    }
    const lying = vi
      .spyOn(process, 'getBuiltinModule')
      .mockImplementation(((name: string) =>
        name === 'node:worker_threads' ? { ...threads, Worker: Refused } : modules(name as 'node:fs')) as typeof modules)
    try {
      const engine = await init({ threads: 4 })
      expect(await bitsOf(WORK['a product']!)).toEqual(alone)
      await engine.settled()
      expect(engine.threads).toBe(2)
      expect(String(engine)).toContain('2 threads')
      expect(engine.notes).toEqual(['2 of 4 threads: the others could not start (no more threads)'])
      expect(await bitsOf(WORK['a product']!)).toEqual(alone)
    } finally {
      lying.mockRestore()
    }
  })

  it('sleep when there is nothing to do', async () => {
    const machine = new Machine('plain', await loadTier('plain'), makeMemory())
    const pool = new Pool(3)
    pool.join(machine)
    await pool.settled()
    await expect.poll(() => Atomics.load(machine.i32, CONTROL_SLEEPERS >> 2), { timeout: 10_000 }).toBe(2)
    await pool.stop()
  })

  it('share many small jobs in a row without losing one', async () => {
    await (await init({ threads: 3 })).settled()
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
