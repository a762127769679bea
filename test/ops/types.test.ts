import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { add, cast, concat, exp, full, linear, tensor, transpose } from '../../src/index.ts'
import { startEngine } from '../support/engine.ts'
import { reading } from '../support/reading.ts'

beforeAll(startEngine)

/** All 65536 patterns of 16 bits that are not NaN: NaNs keep being NaN, but their payload is not promised. */
const patterns = (excluded: (bits: number) => boolean) =>
  Uint16Array.from({ length: 65536 }, (_, n) => n).filter((bits) => !excluded(bits))

describe('16-bit floats', () => {
  it.each([
    ['float16', patterns((bits) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0)],
    ['bfloat16', patterns((bits) => (bits & 0x7f80) === 0x7f80 && (bits & 0x7f) !== 0)],
  ] as const)('%s survives the way to float32 and back, every pattern', async (dtype, bits) => {
    const [back] = await reading(() => [cast(cast(tensor(bits, [bits.length], { dtype }), 'float32'), dtype)])
    expect(back!.data).toEqual(bits)
  })

  it('round to nearest, ties to even', async () => {
    // float16 has 11 digits: 2049 lies between 2048 and 2050, 2051 between 2050 and 2052; the even last digit wins.
    const half = cast(tensor([2049, 2051, 65519, 65520], [4]), 'float16')
    expect([...(await cast(half, 'float32').read())]).toEqual([2048, 2052, 65504, Number.POSITIVE_INFINITY])
    // bfloat16 has 8 digits: 257 lies between 256 and 258, 259 between 258 and 260.
    const brain = cast(tensor([257, 259, 1e39], [3]), 'bfloat16')
    expect([...(await cast(brain, 'float32').read())]).toEqual([256, 260, Number.POSITIVE_INFINITY])
  })

  it('are widened wherever something is computed, and the result is float32', async () => {
    const x = tensor([1, 2, 3, 4], [2, 2], { dtype: 'float16' })
    const y = tensor([0.5, 0.25], [2], { dtype: 'bfloat16' })
    const sum = add(transpose(x), y)
    expect(sum.dtype).toBe('float32')
    expect([...(await sum.read())]).toEqual([1.5, 3.25, 2.5, 4.25])
    expect(linear(x, x, { bias: y }).dtype).toBe('float32')
  })

  it('stay as they are where numbers only move', () => {
    const x = tensor([1, 2], [2], { dtype: 'bfloat16' })
    expect(concat([x, x]).dtype).toBe('bfloat16')
  })

  it('leave no widened copy behind', () => {
    const x = tensor([1, 2], [2], { dtype: 'float16' })
    const before = x.memory.live.buffers
    const y = exp(x)
    expect(x.memory.live.buffers).toBe(before + 1)
    y.dispose()
  })
})

describe('cast', () => {
  it('to int32 drops the fraction, saturates, and makes NaN 0', async () => {
    const x = tensor([1.9, -1.9, 3e9, -3e9, Number.NaN, Number.POSITIVE_INFINITY], [6])
    expect([...(await cast(x, 'int32').read())]).toEqual([1, -1, 2147483647, -2147483648, 0, 2147483647])
  })

  it('to bool is 1 for everything but 0', async () => {
    expect([...(await cast(tensor([0, -0, 0.1, -3, Number.NaN], [5]), 'bool').read())]).toEqual([0, 0, 1, 1, 1])
  })

  it('carries int32 and bool into float32', async () => {
    const int = tensor(Int32Array.of(-7, 16777216), [2])
    expect([...(await cast(int, 'float32').read())]).toEqual([-7, 16777216])
    expect([...(await cast(tensor(Uint8Array.of(1, 0), [2]), 'float32').read())]).toEqual([1, 0])
  })

  it('without a change shares the memory and has a life of its own', async () => {
    const x = tensor([1, 2], [2])
    const y = cast(x, 'float32')
    expect(y.storage).toBe(x.storage)
    x.dispose()
    expect([...(await y.read())]).toEqual([1, 2])
  })
})

describe('tensor', () => {
  it('takes the dtype of its data, and float32 for a plain array', () => {
    expect(tensor([1], [1]).dtype).toBe('float32')
    expect(tensor(Float64Array.of(1), [1]).dtype).toBe('float64')
    expect(tensor(Int32Array.of(1), [1]).dtype).toBe('int32')
    expect(tensor(Uint8Array.of(1), [1]).dtype).toBe('bool')
  })

  it('converts data to the dtype it is asked for', async () => {
    fc.assert(
      await fc.asyncProperty(fc.array(fc.float({ noNaN: true }), { minLength: 1 }), async (list) => {
        expect([...(await tensor(Float32Array.from(list), [list.length], { dtype: 'float64' }).read())]).toEqual(list)
      }),
    )
    expect([...(await tensor(Uint8Array.of(0, 2), [2]).read())]).toEqual([0, 1])
    expect([...(await tensor(Float32Array.of(1.5), [1], { dtype: 'bfloat16' }).read())]).toEqual([0x3fc0])
  })

  it('copies its data', async () => {
    const data = Float32Array.of(1, 2)
    const x = tensor(data, [2])
    data[0] = 9
    expect([...(await x.read())]).toEqual([1, 2])
  })

  it('can be placed near another, so that ids meet a float64 table', () => {
    const table = full([2, 3], 1, { dtype: 'float64' })
    expect(tensor(Int32Array.of(0), [1], { near: table }).memory).toBe(table.memory)
  })
})
