import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Allocator } from '../../src/backend/wasm/allocator.ts'

const anywhere = () => {}

describe('the allocator', () => {
  it('hands out aligned pieces that never overlap, whatever is freed in between', () => {
    const steps = fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 5000 }), free: fc.nat() }), { maxLength: 200 })
    fc.assert(
      fc.property(steps, (list) => {
        const allocator = new Allocator(65536)
        const taken: { from: number; to: number }[] = []
        for (const { bytes, free } of list) {
          if (free % 3 === 0 && taken.length > 0) allocator.free(taken.splice(free % taken.length, 1)[0]!.from)
          const from = allocator.allocate(bytes, anywhere)
          expect(from % 64).toBe(0)
          expect(from).toBeGreaterThanOrEqual(65536)
          for (const other of taken) expect(from + bytes <= other.from || other.to <= from).toBe(true)
          taken.push({ from, to: from + Math.max(bytes, 1) })
        }
        expect(allocator.live.buffers).toBe(taken.length)
        for (const { from } of taken) allocator.free(from)
        expect(allocator.live).toEqual({ buffers: 0, bytes: 0 })
      }),
    )
  })

  it('joins freed neighbours, so that a piece as large as all of them fits again', () => {
    const allocator = new Allocator(0)
    const pieces = [1000, 2000, 3000].map((bytes) => allocator.allocate(bytes, anywhere))
    const top = allocator.top
    for (const n of [1, 0, 2]) allocator.free(pieces[n]!)
    expect(allocator.allocate(1024 + 2048 + 3008, anywhere)).toBe(0)
    expect(allocator.top).toBe(top)
  })

  it('grows the last free piece instead of leaving it behind', () => {
    const allocator = new Allocator(0)
    allocator.allocate(64, anywhere)
    allocator.free(allocator.allocate(640, anywhere))
    expect(allocator.allocate(1280, anywhere)).toBe(64)
  })

  it('changes nothing when the memory cannot reach that far', () => {
    const allocator = new Allocator(0)
    allocator.allocate(64, anywhere)
    const refuse = () => {
      throw new Error('no')
    }
    expect(() => allocator.allocate(1e6, refuse)).toThrow('no')
    expect(allocator.live).toEqual({ buffers: 1, bytes: 64 })
    expect(allocator.top).toBe(64)
  })

  it('refuses to free what it did not hand out', () => {
    const allocator = new Allocator(0)
    const piece = allocator.allocate(64, anywhere)
    allocator.free(piece)
    expect(() => allocator.free(piece)).toThrow('freed twice')
  })
})
