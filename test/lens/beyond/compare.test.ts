import { expect, test } from 'vitest'
import { compare, effect, flow, gradientAttention, rollout, spearman, valueNorms, valueZeroing } from '../../../src/lens/index.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'
import { withFamily } from './families.ts'

await startEngine()

const IDS = [3, 9, 4, 7, 5]

describeShared('compare', 'conformance/models', (folder) => {
  const models = new URL('models/', folder)

  test.each(['bert-base', 'gpt2', 'gpt-oss', 't5'])('%s: every answer is the one that its own function gives', async (name) => {
    await withFamily(models, name, async (model, run) => {
      const told: number[] = []
      const rows = [2, 4]
      const { answers, effects, visible, n, measure } = await compare(model, IDS, { rows, onProgress: (done) => told.push(done) })
      expect(told).toEqual([1, 2])
      expect(measure).toMatch(/^1 − cosine of the last hidden vector of .* \(token 2\)$/)
      const { causal, layers } = model.config
      const share = (row: ArrayLike<number>) => Array.from(row, (value) => value / Array.from(row).reduce((a, b) => a + b, 0))
      for (const [at, row] of rows.entries()) {
        const part = (values: ArrayLike<number>) => Array.from({ length: n }, (_, j) => values[at * n + j]!)
        const near = (got: ArrayLike<number>, wanted: ArrayLike<number>) =>
          Array.from(wanted, (value, j) => expect(got[j]).toBeCloseTo(value, 6))
        const exact = await effect(model, IDS, { row })
        near(
          part(effects),
          exact.tokens.map((each) => each.effect),
        )
        near(
          part(answers.weight.values!),
          exact.tokens.map((each) => each.weight),
        )
        near(part(answers.gradient.values!), (await gradientAttention(model, IDS, { row })).values)
        const paths = await rollout(run, { rows: [row, row + 1] })
        near(part(answers.rollout.values!), paths.relative ?? paths.values)
        const flows = await flow(run, { rows: [row, row + 1] })
        near(part(answers.flow.values!), flows.relative ?? flows.values)
        const [norms, zeroing] = [new Array<number>(n).fill(0), new Array<number>(n).fill(0)]
        for (let layer = 0; layer < layers; layer++) {
          for (const [j, value] of share(await (await valueNorms(model, run, layer, 'all')).row(row)).entries())
            norms[j]! += value / layers
          for (const [j, value] of share(await valueZeroing(model, run, layer, { rows: [row, row + 1] })).entries())
            zeroing[j]! += value / layers
        }
        near(part(answers.norm.values!), norms)
        near(part(answers.zeroing.values!), zeroing)
        expect(part(visible)).toEqual(Array.from({ length: n }, (_, j) => (causal && j > row ? 0 : 1)))
        const seen = Array.from({ length: n }, (_, j) => j).filter((j) => !causal || j <= row)
        expect(answers.weight.rows[at]).toBeCloseTo(
          spearman(
            seen.map((j) => exact.tokens[j]!.weight),
            seen.map((j) => Math.abs(exact.tokens[j]!.effect)),
          )!,
          9,
        )
      }
      const both = answers.norm.rows as number[]
      expect(answers.norm.mean).toBeCloseTo((both[0]! + both[1]!) / 2, 12)
      expect(answers.norm.counted).toBe(2)
    })
  })

  test.each(['t5', 'bart'])(
    '%s: links from what was written to what was read are compared, but for what follows one text',
    async (name) => {
      await withFamily(models, name, async (model, run) => {
        const input = { inputIds: [IDS], decoderInputIds: [[model.config.decoder!.startId, 6, 8]] }
        const found = await compare(model, input, { kind: 'cross', rows: [1, 2] })
        expect(found).toMatchObject({ kind: 'cross', n: 5, rows: [1, 2] })
        expect(Array.from(found.visible)).toEqual(new Array(10).fill(1))
        const exact = await effect(model, input, { row: 2, kind: 'cross' })
        for (const [j, each] of exact.tokens.entries()) {
          expect(found.effects[5 + j]).toBeCloseTo(each.effect, 6)
          expect(found.answers.weight.values![5 + j]).toBeCloseTo(each.weight, 6)
        }
        const { layers } = model.config.decoder!
        const lengths = await Promise.all(
          Array.from({ length: layers }, async (_, layer) =>
            (await valueNorms(model, run, layer, 'all', { kind: 'cross' })).row(2),
          ),
        )
        const share = (row: ArrayLike<number>, j: number) => row[j]! / Array.from(row).reduce((a, b) => a + b, 0)
        for (let j = 0; j < 5; j++)
          expect(found.answers.norm.values![5 + j]).toBeCloseTo(
            lengths.reduce((sum, row) => sum + share(row, j) / layers, 0),
            6,
          )
        for (const answer of [found.answers.rollout, found.answers.flow]) expect(answer.values).toBeUndefined()
        for (const answer of [found.answers.gradient, found.answers.zeroing]) expect(answer.counted).toBe(2)
      })
    },
  )

  test('one head alone: what runs through all layers is not computed, and says so', async () => {
    await withFamily(models, 'gpt2', async (model, run) => {
      const { answers, cut } = await compare(model, IDS, { rows: [4], layer: 1, head: 2 })
      expect(cut).toMatch(/^layer 1,? head 2, before the softmax$/)
      expect(Array.from(answers.weight.values!)).toEqual(Array.from(await run.attention(1, 2).row(4)))
      for (const answer of [answers.rollout, answers.flow])
        expect(answer).toMatchObject({
          values: undefined,
          mean: undefined,
          counted: 0,
          says: 'not computed: it runs through all layers',
        })
    })
  })

  test('rows that see fewer than three tokens have no order to agree with', async () => {
    await withFamily(models, 'gpt2', async (model) => {
      const { answers } = await compare(model, IDS, { measure: { logit: 6 } })
      expect(answers.gradient.rows.slice(0, 2)).toEqual([undefined, undefined])
      expect(answers.gradient.counted).toBe(3)
    })
  })

  test('a head without a layer is refused', async () => {
    await withFamily(models, 'gpt2', async (model) => {
      await expect(compare(model, IDS, { head: 1 })).rejects.toThrow(
        'compare: head 1 of which layer? Name one, or leave the head out',
      )
      await expect(compare(model, IDS, { rows: [] })).rejects.toThrow('compare: rows is empty; name at least one token that looks')
    })
  })
})
