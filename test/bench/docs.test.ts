import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Line, Side } from '../../bench/compare.ts'
import { documentText } from '../../bench/docs.ts'
import { type Results, readResults } from '../../bench/results.ts'

const side = (ms: number): Side => ({ name: 'regard', ms, denseGflops: 1 / ms, error: 1e-7 })

const results = (lines: Line[]): Results => ({
  node: {
    date: '2026-01-02',
    machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, system: 'Linux', node: 'v24.0.0' },
    extent: 'full',
    clock: 'wall',
    kernels: '',
    versions: { Regard: '0.1.0' },
    lines,
  },
})

describe('the page of results', () => {
  const ratio = { median: 0.5, low: 0.4, high: 0.6, rounds: 9 }
  const loss: Line = { id: 'dense-512', threads: 1, against: 'pytorch', regard: side(2), other: side(1), ratio }

  test('a loss stands there like a gain', () => {
    const page = documentText(results([loss]))
    expect(page).toContain('| forward, dense | ≥ 1.10 × PyTorch | N=512, 1 thread | 0.50 × | **not met** |')
    expect(page).toContain('| PyTorch | 1.00 ms | 1.00 | – | 1e-7 | 0.50 (0.40–0.60) |')
  })

  test('a peer that could not do the work is listed with its reason', () => {
    const page = documentText(results([{ id: 'dense-512', threads: 2, against: 'jax-js', note: 'has no threads' }]))
    expect(page).toContain('jax-js')
    expect(page).toContain('has no threads')
  })

  test('docs/performance.md is what bench/results.json says', () => {
    const json = new URL('../../bench/results.json', import.meta.url)
    const page = new URL('../../docs/performance.md', import.meta.url)
    expect(existsSync(json)).toBe(true)
    expect(readFileSync(page, 'utf8')).toBe(documentText(readResults(json.pathname)))
  })
})
