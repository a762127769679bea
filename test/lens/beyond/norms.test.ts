import { describe, expect, test } from 'vitest'
import { valueNorms } from '../../../src/lens/index.ts'
import type { BlockTower } from '../../../src/model/families/transformer.ts'
import type { AttentionKind, Model, Run } from '../../../src/model/index.ts'
import { sidesOf } from '../../../src/model/kinds.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'
import { kindsOf } from '../small-models.ts'
import { byHand } from './by-hand.ts'
import { FAMILIES, withFamily } from './families.ts'

await startEngine()

describe('value-weighted norms', () => {
  // Two heads of one channel each; both write into the first channel, the second with the opposite sign: f⁰(x) = (x₀, 0), f¹(x) = (−x₁, 0).
  const { model, reading } = byHand({
    states: [
      [3, 1],
      [2, 2],
    ],
    weights: [
      [
        [0.5, 0.5],
        [0, 1],
      ],
      [
        [0.25, 0.75],
        [0, 1],
      ],
    ],
    output: [
      [1, -1],
      [0, 0],
    ],
  })

  test('of one head by hand: the weight times the length of what comes over', async () => {
    // Head 0: lengths 3 and 2; head 1: 1 and 2.
    expect([...(await (await valueNorms(model, reading, 0, 0)).all())]).toEqual([1.5, 1, 0, 2])
    expect([...(await (await valueNorms(model, reading, 0, 1)).all())]).toEqual([0.25, 1.5, 0, 2])
  })

  test('of all heads together by hand: what pulls apart cancels, here to nothing', async () => {
    // 0 ← 0: |1.5 − 0.25|, 0 ← 1: |1 − 1.5|, 1 ← 0: 0, 1 ← 1: |2 − 2|
    const view = await valueNorms(model, reading, 0, 'all')
    expect([...(await view.all())]).toEqual([1.25, 0.5, 0, 0])
    expect(await view.cell(0, 1)).toBe(0.5)
    expect([...(await view.tile(0, 1, 1, 2))]).toEqual([0.5])
  })

  test('heads and layers that do not exist are refused, and a model that did not make the reading', async () => {
    await expect(valueNorms(model, reading, 0, 2)).rejects.toThrow("head 2 does not exist; the layer has 0 to 1, and 'all'")
    await expect(valueNorms(model, reading, 1, 0)).rejects.toThrow('valueNorms: layer 1 does not exist; by hand has 0 to 0')
    const other = { ...model, config: { ...model.config, width: 7 } } as typeof model
    await expect(valueNorms(other, reading, 0, 0)).rejects.toThrow('the reading is not of by hand: give the model that made it')
  })
})

describeShared('value-weighted norms of every family', 'conformance/models', (folder) => {
  test.each(FAMILIES)('%s: they are the lengths of the parts that attention adds', async (name) => {
    await withFamily(new URL('models/', folder), name, async (model, run) => {
      for (const kind of kindsOf(model)) await holdNorms(model, run, kind)
    })
  })

  async function holdNorms(model: Model, run: Run, kind: AttentionKind) {
    const sides = sidesOf(kind)
    const tower = model.network[sides.rows] as BlockTower
    const layer = tower.layers - 1
    const block = tower.blocks[layer]!
    const attention = kind === 'cross' ? block.cross! : block.attention
    const [value, output] = [attention.value, attention.output]
    const own = () => block.attentionNorms.enter(run.hidden(layer, { kind: sides.rows }))
    const entered = kind === 'cross' ? run.hidden(-1, { kind: 'encoder' }) : own()
    const v = await value.forward(entered).read()
    const into = (await output.weight.read()) as Float64Array
    const [out, whole] = output.weight.shape as [number, number]
    const width = whole / attention.heads
    const weights = await Promise.all(Array.from({ length: attention.heads }, (_, h) => run.attention(layer, h, { kind }).all()))
    const [rows, n] = [sides.rows, sides.columns].map((half) => run.tokensOf(0, { kind: half }).length) as [number, number]
    /** What head h brings from token j to token i. */
    const part = (h: number, i: number, j: number): number[] => {
      const shared = Math.floor((h * attention.kvHeads) / attention.heads)
      return Array.from({ length: out }, (_, c) => {
        let sum = 0
        for (let d = 0; d < width; d++)
          sum += into[c * whole + h * width + d]! * (v[j * attention.kvHeads * width + shared * width + d] as number)
        return weights[h]![i * n + j]! * sum
      })
    }
    const one = await (await valueNorms(model, run, layer, 1, { kind })).all()
    const all = await (await valueNorms(model, run, layer, 'all', { kind })).all()
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < n; j++) {
        expect(one[i * n + j]).toBeCloseTo(Math.hypot(...part(1, i, j)), 5)
        const parts = Array.from({ length: attention.heads }, (_, h) => part(h, i, j))
        const sum = parts[0]!.map((_, c) => parts.reduce((total, each) => total + each[c]!, 0))
        expect(all[i * n + j]).toBeCloseTo(Math.hypot(...sum), 5)
      }
  }
})
