import { describe, expect, test } from 'vitest'
import { gradientAttention } from '../../../src/lens/index.ts'
import type { Hooks, Model, Run } from '../../../src/model/index.ts'
import { add, tensor } from '../../../src/ops/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'
import { withFamily } from './families.ts'

await startEngine()

const IDS = [3, 9, 4, 7, 5]

/** A run in which every head takes away a small share of what it brings from token j to token i. */
async function nudged(
  model: Model,
  run: Run,
  { i, j, share, layer: only }: { i: number; j: number; share: number; layer?: number },
) {
  const tower = model.network.encoder ? 'encoder' : 'decoder'
  const taken = await Promise.all(
    Array.from({ length: model.config.layers }, async (_, layer) => {
      const { v } = run.looked(layer, { kind: tower })
      const [, kvHeads, n, width] = v.shape as [number, number, number, number]
      const numbers = await v.read()
      const { heads } = model.config
      const out = new Float64Array(heads * n * width)
      for (let h = 0; h < heads; h++) {
        const weight = only === undefined || only === layer ? await run.attention(layer, h, { kind: tower }).cell(i, j) : 0
        for (let d = 0; d < width; d++)
          out[(h * n + i) * width + d] =
            -share * weight * (numbers[(Math.floor((h * kvHeads) / heads) * n + j) * width + d] as number)
      }
      return { out, shape: [1, heads, n, width] }
    }),
  )
  return await model.run(IDS, {
    hooks: {
      block: (layer, passing) =>
        passing.tower !== tower
          ? undefined
          : {
              attention: {
                attend: (looking, attend) => {
                  const made = attend(looking)
                  return { ...made, blend: add(made.blend, tensor(taken[layer]!.out, taken[layer]!.shape)) }
                },
              },
            },
    },
  })
}

const lessened = <T extends { readonly blend: Tensor }>(made: T, by: Tensor): T => ({ ...made, blend: add(made.blend, by) })

/** A share of what each head of a layer brings across from token j to place i: [1,H,L,Dv]. */
async function broughtFrom(run: Run, layer: number, { i, j, share }: { i: number; j: number; share: number }): Promise<Tensor> {
  const { q, v } = run.looked(layer, { kind: 'cross' })
  const [, heads, rows] = q.shape as [number, number, number]
  const [, , n, width] = v.shape as [number, number, number, number]
  const numbers = await v.read()
  const out = new Float64Array(heads * rows * width)
  for (let h = 0; h < heads; h++) {
    const weight = await run.attention(layer, h, { kind: 'cross' }).cell(i, j)
    for (let d = 0; d < width; d++) out[(h * rows + i) * width + d] = share * weight * (numbers[(h * n + j) * width + d] as number)
  }
  return tensor(out, [1, heads, rows, width])
}

describeShared('gradient × attention', 'conformance/models', (folder) => {
  const models = new URL('models/', folder)

  describe('of a score', () => {
    test.each(['gpt2', 'llama', 'gemma2', 'bloom'])(
      '%s: it is what a small share of a link is worth, made large again',
      async (name) => {
        await withFamily(models, name, async (model, run) => {
          const [i, share] = [4, 1e-5]
          for (const layer of [undefined, 1]) {
            const { values, distance, measure } = await gradientAttention(model, IDS, {
              row: i,
              measure: { logit: 6 },
              ...(layer !== undefined && { layer }),
            })
            expect(distance).toBe(false)
            expect(measure).toMatch(/^logit of /)
            const at = i * model.config.vocabulary + 6
            for (const j of [0, 2, 4]) {
              using less = await nudged(model, run, { i, j, share, ...(layer !== undefined && { layer }) })
              const change = ((await less.logits!.read())[at] as number) - ((await run.logits!.read())[at] as number)
              expect(-change / share, `${j}`).toBeCloseTo(values[j]!, 4)
            }
          }
        })
      },
    )
  })

  describe('of a distance', () => {
    test.each(['bert-base', 'gpt2', 'modernbert-mlm'])('%s: it is the same to second order', async (name) => {
      await withFamily(models, name, async (model, run) => {
        const [i, share, width] = [2, 1e-3, model.config.width]
        const { values, distance } = await gradientAttention(model, IDS, { row: i, probes: width })
        expect(distance).toBe(true)
        const vector = async (from: Run) =>
          Array.from((await from.hidden(-1).read()).subarray(i * width, (i + 1) * width)) as number[]
        const before = await vector(run)
        const unit = (x: number[]) => x.map((value) => value / Math.hypot(...x))
        for (const j of [0, 1, 2]) {
          using less = await nudged(model, run, { i, j, share })
          const after = unit(await vector(less))
          const turned = unit(before).reduce((sum, value, n) => sum + (value - after[n]!) ** 2 / 2, 0)
          expect(turned / share ** 2 / values[j]!, `${j}`).toBeCloseTo(1, 1)
        }
      })
    })
  })

  test.each(['t5', 'bart', 'marian'])(
    '%s: of links from what is written to what was read, it is the effect of a small share of them',
    async (name) => {
      await withFamily(models, name, async (model, run) => {
        const { decoder } = model.config
        const input = { inputIds: [IDS], decoderInputIds: [[decoder!.startId, 6, 8]] }
        const [i, share] = [2, 1e-5]
        const { values } = await gradientAttention(model, input, { row: i, kind: 'cross', measure: { logit: 6 } })
        const logit = async (of: Run) => (await of.logits!.read())[i * model.config.vocabulary + 6] as number
        for (const j of [0, 2, 4]) {
          // Every head of every layer takes away a small share of what it brings from token j.
          const hooks: Hooks = {
            block: (layer, { tower }) =>
              tower === 'encoder'
                ? undefined
                : { cross: { attend: (looking, attend) => lessened(attend(looking), taken[layer]!) } },
          }
          const taken = await Promise.all(
            Array.from({ length: decoder!.layers }, (_, layer) => broughtFrom(run, layer, { i, j, share: -share })),
          )
          using less = await model.run(input, { hooks })
          expect(-((await logit(less)) - (await logit(run))) / share, `${j}`).toBeCloseTo(values[j]!, 4)
        }
      })
    },
  )

  test('a head alone, and all heads of the layer add up', async () => {
    await withFamily(models, 'gpt2', async (model) => {
      const of = async (head?: number) =>
        (await gradientAttention(model, IDS, { row: 3, measure: { logit: 6 }, layer: 0, ...(head !== undefined && { head }) }))
          .values
      const whole = await of()
      const parts = await Promise.all(Array.from({ length: model.config.heads }, (_, head) => of(head)))
      for (const [j, value] of whole.entries()) expect(parts.reduce((sum, part) => sum + part[j]!, 0)).toBeCloseTo(value, 10)
      expect(whole[4]).toBe(0)
    })
  })
})
