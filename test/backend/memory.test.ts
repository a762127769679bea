import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { attention, init, OutOfMemory, scope, tensor } from '../../src/index.ts'
import { empty } from '../../src/tensor/index.ts'

beforeAll(async () => {
  await init({ threads: 1 })
})

const memory = () => memoryFor('float32', 'test')

describe('memory', () => {
  it('counts what lives; disposing gives it back', () => {
    const before = memory().live.buffers
    const x = tensor(new Float32Array(10), [10])
    expect(memory().live.buffers).toBe(before + 1)
    x.dispose()
    x.dispose()
    expect(memory().live.buffers).toBe(before)
  })

  it('is as it was after attention and its temporaries, inside a scope', () => {
    const before = { ...memory().live }
    {
      using _ = scope()
      const q = tensor(new Float32Array(2 * 3 * 50 * 8), [2, 3, 50, 8])
      attention(q, q, q, { causal: true, softcap: 3 })
    }
    expect({ ...memory().live }).toEqual(before)
  })

  it('that is not there is an error that says how much was asked for and what to try, and nothing is lost', () => {
    const before = { ...memory().live }
    const x = tensor(Float32Array.of(1, 2, 3), [3])
    expect(() => empty(memory(), [1 << 20, 1 << 12], 'float32')).toThrow(OutOfMemory)
    expect(() => empty(memory(), [1 << 20, 1 << 12], 'float32')).toThrow(
      /16384 MiB asked for while 1 tensors hold .* MiB\. Dispose tensors/,
    )
    x.dispose()
    expect({ ...memory().live }).toEqual(before)
  })
})

describe('a scope', () => {
  it('frees what was made in it and keeps what it is told to', async () => {
    const before = memory().live.buffers
    const kept = (() => {
      using s = scope()
      tensor(new Float32Array(4), [4])
      return s.keep(tensor(Float32Array.of(1, 2), [2]))
    })()
    expect(memory().live.buffers).toBe(before + 1)
    expect(await kept.read()).toEqual(Float32Array.of(1, 2))
    kept.dispose()
  })

  it('inside another hands what it keeps to the outer one', () => {
    const before = memory().live.buffers
    {
      using _outer = scope()
      {
        using inner = scope()
        inner.keep(tensor(new Float32Array(4), [4]))
      }
      expect(memory().live.buffers).toBe(before + 1)
    }
    expect(memory().live.buffers).toBe(before)
  })

  it('closed out of order says so', () => {
    const outer = scope()
    const inner = scope()
    expect(() => outer[Symbol.dispose]()).toThrow('scope: closed while another scope was open inside it')
    inner[Symbol.dispose]()
    outer[Symbol.dispose]()
  })
})

afterAll(() => {
  expect(memory().live.buffers).toBe(0)
})
