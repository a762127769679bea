/** Rotary and sinusoidal positions; relative scores. */

import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { randomNumbers } from './calls.ts'

beforeAll(startEngine)

const { positions, scores, tensor } = regard

/** From transformers 5.23 (ROPE_INIT_FUNCTIONS), 16 channels, float32. */
const STRETCHED: [string, number, regard.positions.RopeScaling | undefined, number, number[], number][] = [
  [
    'linear',
    1e4,
    { type: 'linear', factor: 4 },
    0,
    [0.25, 0.079056941, 0.0250000004, 0.00790569466, 0.00249999994, 0.000790569466, 0.000250000012, 7.90569466e-5],
    1,
  ],
  [
    'dynamic, within its length',
    1e4,
    { type: 'dynamic', factor: 2, positions: 64 },
    50,
    [1, 0.316227764, 0.100000001, 0.0316227786, 0.00999999978, 0.00316227786, 0.00100000005, 0.000316227786],
    1,
  ],
  [
    'dynamic, beyond it',
    1e4,
    { type: 'dynamic', factor: 2, positions: 64 },
    200,
    [1, 0.249528468, 0.0622644536, 0.0155367535, 0.00387686281, 0.000967387517, 0.000241390735, 6.02338623e-5],
    1,
  ],
  [
    'YaRN',
    1e4,
    { type: 'yarn', factor: 8, positions: 64 },
    0,
    [1, 0.223994657, 0.0416666642, 0.00395284733, 0.00124999997, 0.000395284733, 0.000125000006, 3.95284733e-5],
    1.2079441541679836,
  ],
  [
    'YaRN without truncation',
    150000,
    { type: 'yarn', factor: 32, positions: 4096, truncate: false },
    0,
    [1, 0.225418001, 0.0508132726, 0.00679495931, 0.000456483918, 1.8188337e-5, 4.09997847e-6, 9.24208962e-7],
    1.3465735902799727,
  ],
  [
    'YaRN with mscale',
    1e4,
    { type: 'yarn', factor: 40, positions: 4096, mscale: 1, mscaleAllDim: 0.8 },
    0,
    [1, 0.316227764, 0.100000001, 0.0239147246, 0.00512499968, 0.000849862176, 2.49999994e-5, 7.90569447e-6],
    1.0569662567531275,
  ],
  [
    'llama3',
    500000,
    { type: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, positions: 8192 },
    0,
    [1, 0.193922758, 0.0376060307, 0.00729266508, 0.000524846022, 3.42810235e-5, 6.64786967e-6, 1.28917316e-6],
    1,
  ],
  [
    'longrope, short',
    1e4,
    longrope(),
    60,
    [1, 0.287479758, 0.0833333358, 0.0243252143, 0.00714285718, 0.00210818532, 0.000624999986, 0.000186016332],
    1.224744871391589,
  ],
  [
    'longrope, long',
    1e4,
    longrope(),
    100,
    [0.5, 0.10540925, 0.0250000004, 0.00632455572, 0.00166666671, 0.000451753964, 0.000125000006, 3.51364179e-5],
    1.224744871391589,
  ],
]

function longrope(): regard.positions.RopeScaling {
  const divisors = (first: number, step: number): number[] => Array.from({ length: 8 }, (_, k) => first + step * k)
  return { type: 'longrope', short: divisors(1, 0.1), long: divisors(2, 1), positions: 64, factor: 8 }
}

describe('rotary frequencies', () => {
  it.each(STRETCHED)('%s', (_, base, scaling, length, inverse, magnitude) => {
    const found = positions.ropeFrequencies(16, base, scaling, length)
    expectClose(found.inverse, inverse, { rtol: 3e-7 })
    expect(found.magnitude).toBeCloseTo(magnitude, 12)
  })

  it('ntk raises the base: base · alpha^(width/(width−2))', () => {
    expect(positions.ropeFrequencies(4, 100, { type: 'ntk', alpha: 9 }).inverse[1]).toBeCloseTo((100 * 81) ** -0.5, 12)
  })
})

describe('rotation', () => {
  it('by hand: at position 1, (1, 0) of the first pair turns by 1 radian', async () => {
    const x = tensor([9, 9, 9, 9, 1, 0, 0, 0], [1, 1, 2, 4])
    const [c, s] = [Math.cos(1), Math.sin(1)]
    const turned = async (interleaved: boolean): Promise<number[]> => [
      ...(await positions.rotary({ width: 4, interleaved }).apply(x).read()),
    ]
    expectClose(await turned(false), [9, 9, 9, 9, c, 0, s, 0], { atol: 1e-6 })
    expectClose(await turned(true), [9, 9, 9, 9, c, s, 0, 0], { atol: 1e-6 })
  })

  it('makes scores depend on i − j alone', async () => {
    const rotary = positions.rotary({ width: 8 })
    const [q, k] = [tensor(randomNumbers(1, 8), [1, 1, 1, 8]), tensor(randomNumbers(2, 8), [1, 1, 1, 8])]
    const score = async (i: number, j: number): Promise<number> =>
      (await regard.attentionWeights(rotary.apply(q, [i]), rotary.apply(k, [j]), {}, { stage: 'scaled' }).read())[0]!
    const at = await score(3, 1)
    for (const shift of [1, 10, 1000]) expect(Math.abs((await score(3 + shift, 1 + shift)) - at)).toBeLessThan(2e-4)
    expect(Math.abs((await score(4, 1)) - at)).toBeGreaterThan(1e-3)
  })

  it('leaves channels beyond its width alone, and takes positions per batch entry', async () => {
    const x = tensor(randomNumbers(3, 2 * 2 * 3 * 6), [2, 2, 3, 6])
    const rotary = positions.rotary({ width: 4, base: 100 })
    const whole = rotary.apply(x, [
      [0, 1, 2],
      [5, 6, 7],
    ])
    expectClose(await regard.slice(whole, 3, 4, 6).read(), await regard.slice(x, 3, 4, 6).read(), {})
    expectClose(await regard.slice(whole, 0, 1, 2).read(), await rotary.apply(regard.slice(x, 0, 1, 2), [5, 6, 7]).read(), {
      atol: 1e-6,
    })
  })

  it('M-RoPE: sections of pairs follow their own axis of positions', async () => {
    const x = tensor(randomNumbers(4, 2 * 8), [1, 1, 2, 8])
    const sections = positions.rotary({ width: 8, sections: [1, 1, 2] })
    const same = sections.angles(
      [
        [3, 4],
        [3, 4],
        [3, 4],
      ],
      x,
    )
    expectClose(await sections.apply(x, same).read(), await positions.rotary({ width: 8 }).apply(x, [3, 4]).read(), { atol: 1e-6 })
    const mixed = sections.angles(
      [
        [3, 4],
        [0, 0],
        [7, 9],
      ],
      x,
    )
    const of = async (list: number[]): Promise<number[]> => [...(await positions.rotary({ width: 8 }).angles(list, x).cos.read())]
    const [time, row, column] = [await of([3, 4]), await of([0, 0]), await of([7, 9])]
    const expected = [0, 1].flatMap((l) => [time[4 * l]!, row[4 * l + 1]!, column[4 * l + 2]!, column[4 * l + 3]!])
    expectClose(await mixed.cos.read(), expected, {})
    expect(() => sections.angles([[0], [0]], x)).toThrow('positions.rotary: 3 position axes are needed, got 2')
    expect(() => positions.rotary({ width: 8, sections: [1, 1] })).toThrow('sections must add up to width/2 = 4 pairs, got 2')
  })

  it('float64 runs on the reference, to its accuracy', async () => {
    const x = tensor(Float64Array.of(1, 0), [1, 1, 1, 2])
    expectClose(await positions.rotary({ width: 2 }).apply(x, [0.5]).read(), [Math.cos(0.5), Math.sin(0.5)], { atol: 1e-15 })
  })

  it('refuses angles that do not fit', () => {
    const x = regard.full([2, 1, 3, 4], 0)
    const angles = (...shape: number[]): regard.Tensor => regard.full(shape, 0)
    expect(() => positions.rotate(x, angles(1, 3, 3), angles(1, 3, 3))).toThrow('rotate: 3 pairs do not fit in 4 channels')
    expect(() => positions.rotate(x, angles(1, 2, 1), angles(1, 2, 1))).toThrow(
      'rotate: cosines must be [1 or B, L, R] for x [B,H,L,D], got x=[2,1,3,4] cos=[1,2,1]',
    )
    expect(() => positions.rotate(x, angles(1, 3, 1), angles(1, 3, 2))).toThrow('rotate: cosines and sines must have one shape')
    expect(() => positions.rotary({ width: 4 }).angles([0, Number.NaN, 1], x)).toThrow(
      'every position must be a finite number, got NaN',
    )
  })
})

it('sinusoids: sin and cos of p / 10000^(2k/width), side by side', async () => {
  const [a, b] = [2 / 10000 ** 0, 2 / 10000 ** 0.5]
  expectClose((await positions.sinusoidal(3, 4).read()).slice(8), [Math.sin(a), Math.cos(a), Math.sin(b), Math.cos(b)], {
    atol: 1e-6,
  })
})

describe('relative scores', () => {
  it('T5: the weight of the bucket of j − i, per head', async () => {
    const weights = Float32Array.from({ length: 32 * 2 }, (_, n) => n / 10)
    const q = regard.full([1, 2, 200, 1], 0)
    for (const source of [weights, tensor(weights, [32, 2])]) {
      const score = scores.relativeBias(source)
      const seen = await regard.attentionWeights(q, q, { score }, { stage: 'masked' }).read()
      for (const [h, i, j] of [
        [0, 0, 0],
        [1, 5, 3],
        [0, 5, 9],
        [1, 150, 0],
        [0, 0, 199],
        [1, 20, 77],
      ] as const)
        expect(seen[(h * 200 + i) * 200 + j]).toBeCloseTo(weights[scores.bucketOf(j - i) * 2 + h]!, 5)
    }
  })

  it('DeBERTa: both terms, read at the bucket of i − j', async () => {
    const [L, span] = [6, 4]
    const [c2p, p2c] = [randomNumbers(1, L * 2 * span), randomNumbers(2, L * 2 * span)]
    const q = regard.full([1, 1, L, 1], 0)
    const score = scores.deberta({
      contentToPosition: tensor(c2p, [1, 1, L, 2 * span]),
      positionToContent: tensor(p2c, [1, 1, L, 2 * span]),
      span,
    })
    const seen = await regard.attentionWeights(q, q, { score }, { stage: 'masked' }).read()
    for (let i = 0; i < L; i++)
      for (let j = 0; j < L; j++) {
        const bucket = Math.min(Math.max(i - j + span, 0), 2 * span - 1)
        expect(seen[i * L + j]).toBeCloseTo(c2p[i * 2 * span + bucket]! + p2c[j * 2 * span + bucket]!, 5)
      }
  })

  it('DeBERTa v2: far distances share buckets (transformers 5.23, make_log_bucket_position(·, 8, 64))', () => {
    const distances = Array.from({ length: 21 }, (_, n) => 4 * n - 40)
    expect(distances.map((d) => scores.debertaBucket(d, 8, 64))).toEqual([
      -7, -7, -7, -7, -6, -6, -6, -6, -5, -4, 0, 4, 5, 6, 6, 6, 6, 7, 7, 7, 7,
    ])
  })

  it('ALiBi in both directions falls off on both sides', async () => {
    const q = regard.full([1, 1, 3, 1], 0)
    const seen = await regard
      .attentionWeights(q, q, { score: scores.alibi([0.5], { symmetric: true }) }, { stage: 'masked' })
      .read()
    expect([...seen]).toEqual([0, -0.5, -1, -0.5, 0, -0.5, -1, -0.5, 0].map((x) => x + 0))
  })
})
