import { beforeAll, describe, expect, it } from 'vitest'
import { cast, init, linear, type Tensor, tensor } from '../../src/index.ts'
import { pack, quantize, slice } from '../../src/ops/index.ts'
import { float16ToNumber } from '../../src/tensor/index.ts'
import { randomPlain } from '../support/layouts.ts'
import { reading } from '../support/reading.ts'

const KINDS = ['float32', 'float16', 'bfloat16', 'int8'] as const
type Kind = (typeof KINDS)[number]

function random(rows: number, columns: number, seed: number): Tensor {
  const { data, shape } = randomPlain([rows, columns], seed)
  return tensor(data, shape)
}

function held(weight: Tensor, kind: Kind): Tensor {
  if (kind === 'int8') return quantize(weight)
  using narrow = cast(weight, kind)
  return pack(narrow)
}

/** The numbers that are left of a weight when it is held as `kind`. */
async function numbersOf(weight: Tensor, kind: Kind): Promise<Float32Array> {
  if (kind === 'int8') return rounded((await weight.read()) as Float32Array, weight.shape[1]!)
  const [wide] = await reading(() => [cast(cast(weight, kind), 'float32')])
  return wide!.data as Float32Array
}

/** Each row over its largest number divided by 127, to the nearest whole number, and back. */
function rounded(data: Float32Array, depth: number): Float32Array {
  const out = new Float32Array(data.length)
  for (let from = 0; from < data.length; from += depth) {
    const row = data.subarray(from, from + depth)
    const scale = Math.fround(Math.max(...row.map(Math.abs)) / 127)
    const inverse = Math.fround(1 / scale)
    out.set(
      row.map((x) => scale * Math.round(Math.fround(x * inverse))),
      from,
    )
  }
  return out
}

async function product(x: Tensor, weight: Tensor): Promise<Float32Array> {
  using y = linear(x, weight)
  return (await y.read()) as Float32Array
}

describe.each([
  ['as wide as there is', true],
  ['128 bits wide', false],
])('A product with stored weights, %s,', (_, wide) => {
  beforeAll(async () => void (await init({ wide })))

  const N = 200
  const K = 515

  // Laps enough for V8's optimising compiler: it joins vectors, and what it makes of a loop can be wrong where the first laps are right.
  it.each(KINDS.flatMap((kind) => [1, 2, 3, 7].map((rows) => [kind, rows] as const)))(
    'of %s and %i rows is that of the numbers that are held, in its first lap and in its last',
    async (kind, rows) => {
      using x = random(rows, K, 1)
      using weight = random(N, K, 2)
      using packed = held(weight, kind)
      const numbers = await numbersOf(weight, kind)
      const inputs = (await x.read()) as Float32Array
      const expected = Float64Array.from({ length: rows * N }, (_, at) => {
        const from = Math.floor(at / N) * K
        return numbers.subarray((at % N) * K, (at % N) * K + K).reduce((sum, w, k) => sum + w * inputs[from + k]!, 0)
      })
      const largest = Math.max(...expected.map(Math.abs))
      for (let lap = 0; lap < 4; lap++) {
        const got = await product(x, packed)
        expect(Math.max(...got.map((y, n) => Math.abs(y - expected[n]!))) / largest).toBeLessThan(2e-6)
        for (let n = 0; n < 60; n++) linear(x, packed).dispose()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  )

  it.each(KINDS)('of %s gives a row the same bits alone, beside another, and among more', async (kind) => {
    using x = random(7, 1100, 5)
    using weight = random(N, 1100, 6)
    using packed = held(weight, kind)
    const together = await product(x, packed)
    for (const rows of [1, 2]) {
      using few = slice(x, 0, 0, rows)
      expect(await product(few, packed)).toEqual(together.slice(0, rows * N))
    }
  })

  it.each([1, 2, 3])('knows every float16: subnormal, infinite, not a number, in products of %i rows', async (rows) => {
    const bits = Uint16Array.from({ length: 65536 }, (_, n) => n)
    using weight = tensor(bits, [65536, 1], { dtype: 'float16' })
    using packed = pack(weight)
    using x = tensor(new Float32Array(rows).fill(1), [rows, 1])
    const got = await product(x, packed)
    // A sum begins with 0, and 0 + −0 is 0.
    const expected = Float32Array.from(bits, (one) => float16ToNumber(one) + 0)
    for (let r = 0; r < rows; r++) expect(got.subarray(r * 65536, (r + 1) * 65536)).toEqual(expected)
  })

  it.each(['float16', 'bfloat16'] as const)(
    'of %s has the bits that float32 gives, however large or small a row is',
    async (kind) => {
      using weight = random(40, 33, 3)
      using packed = held(weight, kind)
      using wide = tensor(await numbersOf(weight, kind), weight.shape)
      const { data } = randomPlain([1, 33], 4)
      const rows = [1, 1e30, 1e-30, 2 ** 110, 0, 1e-6].map((size) => data.map((x) => x * size))
      rows.push(data.with(7, Number.POSITIVE_INFINITY), data.with(7, Number.NaN), data.with(7, 1e25))
      for (const row of rows) {
        using alone = tensor(row, [1, 33])
        expect(await product(alone, packed)).toEqual(await product(alone, wide))
        // Beside another row it is the same.
        using pair = tensor(Float32Array.of(...row, ...data), [2, 33])
        expect(await product(pair, packed)).toEqual(await product(pair, wide))
      }
    },
  )
})
