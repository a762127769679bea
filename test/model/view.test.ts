import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadModel, type Model, type Run } from '../../src/model/index.ts'
import { TINY, tinyBert } from '../support/tiny-bert.ts'

/** The files of a folder, as a browser has them. */
function files(): Map<string, Blob> {
  const { json, weights } = tinyBert()
  return new Map([
    ...Object.entries(json).map(([path, content]): [string, Blob] => [path, new Blob([JSON.stringify(content)])]),
    ['model.safetensors', new Blob([weights])],
  ])
}

describe('a matrix made smaller', () => {
  let model: Model
  let run: Run
  beforeAll(async () => {
    model = await loadModel(files())
    run = await model.run('the animal didn t cross the street because it was too tired and the dog slept')
  })
  afterAll(() => {
    run?.dispose()
    model?.dispose()
  })

  it('each number is the largest, or the mean, of its square of weights', async () => {
    const L = run.tokens.length
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          layer: fc.nat(TINY.layers - 1),
          head: fc.constantFrom<(number | 'mean')[]>(0, 3, 'mean'),
          rows: fc.tuple(fc.nat(L), fc.nat(L)),
          cols: fc.tuple(fc.nat(L), fc.nat(L)),
          by: fc.integer({ min: 1, max: 7 }),
        }),
        async ({ layer, head, rows, cols, by }) => {
          const [r0, r1] = rows.sort((a, b) => a - b)
          const [c0, c1] = cols.sort((a, b) => a - b)
          const view = run.attention(layer, head)
          const tile = await view.tile(r0, r1, c0, c1)
          for (const how of ['max', 'mean'] as const) {
            const pooled = await view.pooled({ rows: [r0, r1], cols: [c0, c1] }, by, how)
            const across = Math.ceil((c1 - c0) / by)
            expect(pooled.length).toBe(Math.ceil((r1 - r0) / by) * across)
            pooled.forEach((value, n) => {
              const square: number[] = []
              const [row, col] = [Math.floor(n / across) * by, (n % across) * by]
              for (let i = row; i < Math.min(row + by, r1 - r0); i++)
                for (let j = col; j < Math.min(col + by, c1 - c0); j++) square.push(tile[i * (c1 - c0) + j]!)
              const expected = how === 'max' ? Math.max(...square) : square.reduce((sum, x) => sum + x, 0) / square.length
              expect(Math.abs(value - expected)).toBeLessThan(1e-6)
            })
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('refuses squares of no size and ways that it does not know', async () => {
    const view = run.attention(0, 0)
    const part = { rows: [0, 2], cols: [0, 2] } as const
    await expect(view.pooled(part, 0, 'max')).rejects.toThrow('pooled by 0; it must be a whole number from 1')
    await expect(view.pooled(part, 2, 'sum' as 'max')).rejects.toThrow(`it must be 'max' or 'mean'`)
    await expect(view.pooled({ rows: [0, 99], cols: [0, 2] }, 2, 'max')).rejects.toThrow('rows 0 to 99 do not lie within')
  })
})
