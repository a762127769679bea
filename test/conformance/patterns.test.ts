/** Masks, score functions, ALiBi slopes and T5 buckets, cell by cell. */

import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { caseNames, eachCase, loadCase } from '../support/cases.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { maskOf, scoreOf } from './patterns.ts'
import { reportCases } from './report.ts'

beforeAll(startEngine)

const report = reportCases('conformance/torch patterns')

/** Scores of zero queries are 0, so what stands at stage 'masked' is the bias, or −∞. */
async function cells(
  heads: number,
  L: number,
  S: number,
  options: regard.ScoreOptions,
  dtype: 'float32' | 'float64',
): Promise<ArrayLike<number>> {
  const q = regard.full([1, heads, L, 1], 0, { dtype })
  const k = regard.full([1, heads, S, 1], 0, { dtype })
  return await regard.attentionWeights(q, k, options, { stage: 'masked' }).read()
}

for (const dtype of ['float32', 'float64'] as const)
  describeShared(`patterns in ${dtype}`, 'conformance/torch/', () => {
    eachCase('torch', caseNames('torch', 'mask__'), {}, async (c) => {
      const { numbers, shape } = c.outputs[0]!
      const [, heads, L, S] = shape as [number, number, number, number]
      if (c.op === 'score_mod') expectClose(await cells(heads, L, S, { score: scoreOf(c) }, dtype), numbers, c.tolerance)
      else {
        const seen = await cells(heads, L, S, { mask: maskOf(c) }, dtype)
        expect(draw(seen, S, (x) => x === 0)).toBe(draw(numbers, S, (x) => x === 1))
        expect(maskOf(c).describe(L, S).split('\n').slice(1).join('\n')).toBe(draw(numbers, S, (x) => x === 1))
      }
      report.ran(`${c.op} in ${dtype}`)
    })
  })

function draw(cells: ArrayLike<number>, S: number, allowed: (x: number) => boolean): string {
  const marks = Array.from(cells, (x) => (allowed(x) ? '█' : '·'))
  return Array.from({ length: marks.length / S }, (_, row) => marks.slice(row * S, (row + 1) * S).join('')).join('\n')
}

describeShared('positions', 'conformance/torch/', () => {
  it('ALiBi slopes of 1 to 64 heads', () => {
    for (const { name, numbers } of loadCase('torch', 'alibi__slopes').outputs)
      expectClose(regard.scores.alibiSlopes(Number(name.split('_')[1])), numbers, { rtol: 1e-12 }, name)
    report.ran('ALiBi slopes')
  })

  describe('T5 buckets', () => {
    eachCase('torch', caseNames('torch', 't5__'), {}, async (c) => {
      const input = c.inputs[0]
      const { causal, num_buckets: buckets, max_distance: maxDistance } = c.attributes
      const distances = input ? [...input.numbers] : c.attributes.relative_position
      expect(distances.map((d: number) => regard.scores.bucketOf(d, { bidirectional: !causal, buckets, maxDistance }))).toEqual([
        ...c.outputs[0]!.numbers,
      ])
      report.ran('T5 buckets')
    })
  })
})
