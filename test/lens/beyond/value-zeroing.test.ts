import { describe, expect, test } from 'vitest'
import { valueZeroing } from '../../../src/lens/index.ts'
import type { BlockTower } from '../../../src/model/families/transformer.ts'
import { sidesOf } from '../../../src/model/kinds.ts'
import type { AttentionHooks } from '../../../src/nn/index.ts'
import { mul, tensor } from '../../../src/ops/index.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'
import { kindsOf } from '../small-models.ts'
import { byHand } from './by-hand.ts'
import { FAMILIES, withFamily } from './families.ts'

await startEngine()

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [ab, aa, bb] = [0, 0, 0]
  for (let n = 0; n < a.length; n++) {
    ab += a[n]! * b[n]!
    aa += a[n]! ** 2
    bb += b[n]! ** 2
  }
  return 1 - ab / Math.sqrt(aa * bb)
}

describe('value zeroing', () => {
  // One head; values are the states (1, 0) and (0, 1), added to the states themselves.
  const { model, reading } = byHand({
    states: [
      [1, 0],
      [0, 1],
    ],
    weights: [
      [
        [0.5, 0.5],
        [0, 1],
      ],
    ],
    output: [
      [1, 0],
      [0, 1],
    ],
  })

  test('two tokens by hand', async () => {
    // State 0 is (1, 0) + (½, ½) = (1.5, 0.5); without token 0 (1, 0.5), without token 1 (1.5, 0). State 1 is (0, 2), with or without itself.
    const found = await valueZeroing(model, reading, 0)
    expect(found[0]).toBeCloseTo(1 - 1.75 / Math.sqrt(2.5 * 1.25), 12)
    expect(found[1]).toBeCloseTo(1 - 1.5 / Math.sqrt(2.5), 12)
    expect(found[3]).toBeCloseTo(0, 12)
  })

  test('a token that has no weight in any head changes nothing, to the bit', async () => {
    expect((await valueZeroing(model, reading, 0))[2]).toBe(0)
  })

  test('some rows alone are the same rows', async () => {
    const all = await valueZeroing(model, reading, 0)
    expect([...(await valueZeroing(model, reading, 0, { rows: [1, 2] }))]).toEqual([...all.subarray(2)])
    expect([...(await valueZeroing(model, reading, 0, { rows: [1, 1] }))]).toEqual([])
  })

  test('what does not exist is refused; progress ends where the tokens do', async () => {
    await expect(valueZeroing(model, reading, 1)).rejects.toThrow('valueZeroing: layer 1 does not exist; by hand has 0 to 0')
    await expect(valueZeroing(model, reading, 0, { head: 1 })).rejects.toThrow(
      'valueZeroing: head 1 does not exist; the layer has 0 to 0',
    )
    await expect(valueZeroing(model, reading, 0, { rows: [0, 3] })).rejects.toThrow(
      'rows must be [from, to] within 0 to 2, got [0, 3]',
    )
    const told: number[] = []
    await valueZeroing(model, reading, 0, { onProgress: (done, of) => told.push(done, of) })
    expect(told.slice(-2)).toEqual([2, 2])
  })
})

describeShared('value zeroing of every family', 'conformance/models', (folder) => {
  test.each(FAMILIES)('%s: it is what the block makes of values with one of them set to 0', async (name) => {
    await withFamily(new URL('models/', folder), name, async (model, run) => {
      for (const kind of kindsOf(model)) {
        const sides = sidesOf(kind)
        const block = (model.network[sides.rows] as BlockTower).blocks[0]!
        const { heads, kvHeads } = kind === 'cross' ? block.cross! : block.attention
        const [rows, n] = [sides.rows, sides.columns].map((half) => run.tokensOf(0, { kind: half }).length) as [number, number]
        const source = sides.rows === 'decoder' && model.network.encoder ? run.hidden(-1, { kind: 'encoder' }) : undefined
        /** The block's output, with the values of some tokens set to 0, in some heads. */
        const output = async (zeroed: (token: number, head: number) => boolean) => {
          const zeroing: AttentionHooks = {
            attend: (looking, attend) => {
              const keep = Float64Array.from({ length: kvHeads * n }, (_, at) => (zeroed(at % n, Math.floor(at / n)) ? 0 : 1))
              return attend({ ...looking, v: mul(looking.v, tensor(keep, [1, kvHeads, n, 1])) })
            },
          }
          const { output } = block.forward(run.hidden(0, { kind: sides.rows }), {
            source,
            hooks: kind === 'cross' ? { cross: zeroing } : { attention: zeroing },
          })
          const width = output.shape[2]!
          const numbers = (await output.read()) as Float64Array
          return (row: number) => numbers.subarray(row * width, (row + 1) * width)
        }
        const whole = await output(() => false)
        const found = await valueZeroing(model, run, 0, { kind })
        for (let j = 0; j < n; j++) {
          const without = await output((token) => token === j)
          for (let i = 0; i < rows; i++)
            expect(found[i * n + j], `${kind} ${i} ← ${j}`).toBeCloseTo(distance(whole(i), without(i)), 6)
        }
        if (heads !== kvHeads) continue
        const alone = await valueZeroing(model, run, 0, { kind, head: 1 })
        const without = await output((token, head) => token === 0 && head === 1)
        for (let i = 0; i < rows; i++) expect(alone[i * n]).toBeCloseTo(distance(whole(i), without(i)), 6)
      }
    })
  })
})
