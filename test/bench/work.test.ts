import { describe, expect, test } from 'vitest'
import { barsOf } from '../../bench/bars.ts'
import { CASES } from '../../bench/cases.ts'
import type { Line } from '../../bench/compare.ts'
import { expectedRows, relativeError } from '../../bench/expected.ts'
import { normal } from '../../bench/numbers.ts'
import { type AttentionWork, denseFlops, maskBytes, sampleRows } from '../../bench/work.ts'

const attention = (queries: number, keys: number, mask: AttentionWork['mask']): AttentionWork => {
  return { kind: 'attention', heads: 1, queries, keys, width: 4, mask }
}

const picture = (work: AttentionWork): string => [...maskBytes(work)].join('').replace(new RegExp(`.{${work.keys}}`, 'g'), '$&\n')

describe('what the benchmark computes', () => {
  test('inputs are close to normal: mean 0, variance 1', () => {
    const x = normal(100_000, 7)
    const mean = x.reduce((a, b) => a + b, 0) / x.length
    const variance = x.reduce((a, b) => a + b * b, 0) / x.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.02)
  })

  test('any slice of a stream is the stream there', () => {
    expect(normal(5, 3, 10)).toEqual(normal(15, 3).subarray(10))
  })

  test('a window of 2 sees the token and the one before it', () => {
    expect(picture(attention(4, 4, { kind: 'window', size: 2 }))).toBe('1000\n1100\n0110\n0011\n')
  })

  test('queries stand at the end of the keys', () => {
    expect(picture(attention(2, 4, { kind: 'causal' }))).toBe('1110\n1111\n')
  })

  test('documents are causal and do not see one another', () => {
    expect(picture(attention(4, 4, { kind: 'documents', length: 2 }))).toBe('1000\n1100\n0010\n0011\n')
  })

  test('the first causal row is the first value', () => {
    const work = attention(3, 3, { kind: 'causal' })
    expect([...expectedRows(work, [[0, 0]])]).toEqual([...normal(4, 3)])
  })

  test('sampled rows hold the first and the last of the first and last head', () => {
    const rows = sampleRows({ ...attention(100, 100, { kind: 'dense' }), heads: 3 }, 3)
    expect(rows).toEqual([
      [0, 0],
      [0, 50],
      [0, 99],
      [2, 0],
      [2, 50],
      [2, 99],
    ])
  })

  test('error is a share of the largest value, and NaN is not small', () => {
    expect(relativeError([1, 2], [1, 4])).toBe(0.5)
    expect(relativeError([Number.NaN], [1])).toBeNaN()
  })

  test('attention over N tokens counts 4·H·N²·D operations', () => {
    expect(denseFlops({ ...attention(8, 8, { kind: 'causal' }), heads: 2 })).toBe(4 * 2 * 64 * 4)
  })
})

describe('the bars', () => {
  const line = (median: number): Line => {
    return { id: 'dense-1024', threads: 1, against: 'pytorch', ratio: { median, low: median, high: median, rounds: 3 } }
  }
  const judged = (lines: Line[]) =>
    barsOf({
      node: {
        date: '',
        machine: { cpu: '', cores: 1, memoryGiB: 1, system: '', node: '' },
        extent: 'full',
        clock: 'wall',
        kernels: '',
        versions: {},
        lines,
      },
    })
      .flatMap(({ measured }) => measured)
      .map(({ what, met }) => [what, met])

  test('a bar is met from its own figure on', () => {
    expect(judged([line(1.1)])).toEqual([['N=1024, 1 thread', true]])
    expect(judged([line(1.09)])).toEqual([['N=1024, 1 thread', false]])
  })

  test('what was not measured is neither met nor missed', () => {
    expect(judged([])).toEqual([])
  })

  test('every case has an id of its own', () => {
    const ids = CASES.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
