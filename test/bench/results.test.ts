import { describe, expect, test } from 'vitest'
import { barred, barsOf } from '../../bench/bars.ts'
import { CASES } from '../../bench/cases.ts'
import { linesToKeep, type Run } from '../../bench/results.ts'

const run = (change: Partial<Run> = {}): Run => ({
  date: '2026-01-02',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, system: 'Linux', node: 'v24.0.0' },
  extent: 'bars',
  clock: 'wall',
  kernels: 'abc',
  versions: {},
  lines: [{ id: 'dense-512', threads: 1 }],
  ...change,
})

describe('a run that goes on where another was broken off', () => {
  test('keeps what was measured of the same build on the same machine', () => {
    expect(linesToKeep(run(), run({ lines: [] }))).toEqual([{ id: 'dense-512', threads: 1 }])
  })

  test.each([
    ['the kernels are others', { kernels: 'abd' }],
    ['the kernels changed on the way', { changed: true }],
    ['it measured less', { extent: 'short' }],
    ['it counted other times', { clock: 'cpu' }],
    ['others took part', { peers: ['litert'] }],
    ['it ran elsewhere', { machine: { ...run().machine, cores: 4 } }],
  ] satisfies [string, Partial<Run>][])('measures everything again where %s', (_, change) => {
    expect(linesToKeep(run(change), run({ lines: [] }))).toEqual([])
  })

  test('measures everything where nothing was', () => {
    expect(linesToKeep(undefined, run())).toEqual([])
  })
})

describe('what the bars are about', () => {
  test('a case is part of it with the peers that a bar names', () => {
    expect(barred('node', 'dense-512', 'onnxruntime-node')).toBe(true)
    expect(barred('node', 'dense-512', 'jax-js')).toBe(false)
    expect(barred('node', 'dense-128')).toBe(false)
    expect(barred('browser', 'dense-512', 'litert')).toBe(true)
  })

  test('whole models have bars of their own, but for bfloat16 weights, which are measured beside them', () => {
    const models = CASES.filter(({ work }) => work.kind === 'model')
    expect(models.map(({ id }) => id)).toEqual([
      'encode-1x16',
      'encode-1x128',
      'encode-8x128',
      'prefill-512',
      'decode-gpt2-float32',
      'decode-gpt2-float16',
      'decode-gpt2-bfloat16',
      'decode-gpt2-int8',
      'learn-16x64',
    ])
    const unbarred = models.filter(({ id }) => !barred('node', id, 'pytorch'))
    expect(unbarred.map(({ id }) => id)).toEqual(['decode-gpt2-bfloat16'])
  })

  test('the first row is there in less than a second, or the bar is missed', () => {
    const firstRow = (ms: number) => ({
      model: 'encoder',
      embedded: true,
      from: 'build' as const,
      ms: { median: ms, low: ms, high: ms, rounds: 3 },
    })
    const judged = barsOf({ node: run({ firstRows: [firstRow(999), firstRow(1000)] }) }).at(-1)!
    expect(judged.measured).toEqual([
      { what: 'encoder (embedded), as published', value: '999 ms', met: true },
      { what: 'encoder (embedded), as published', value: '1.00 s', met: false },
    ])
  })
})
