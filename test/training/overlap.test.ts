import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { valueAndGrad } from '../../src/autograd/index.ts'
import { init } from '../../src/backend/index.ts'
import { prepare } from '../../src/model/input.ts'
import { Run } from '../../src/model/run.ts'
import { AdamW } from '../../src/nn/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { lossOf } from '../../src/training/lesson.ts'
import type { Row } from '../../src/training/recipe.ts'
import type { Config } from '../../src/training/shapes.ts'
import { Student } from '../../src/training/student.ts'

const SPECIAL = 3
const config: Config = {
  model_type: 'modernbert',
  architectures: ['ModernBertForMaskedLM'],
  vocab_size: 20,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 12,
  max_position_embeddings: 16,
  global_attn_every_n_layers: 1,
  pad_token_id: 0,
}
/** Of several lengths, so that some are padded; special tokens at both ends. */
const rows: readonly Row[] = [
  { ids: [1, 5, 6, 7, 2], labels: [[2, 9]] },
  {
    ids: [1, 8, 9, 4, 11, 12, 2],
    labels: [
      [1, 8],
      [4, 10],
    ],
  },
  { ids: [1, 15, 2], labels: [[1, 15]] },
]
const labels = 4

const made: Student[] = []
const begin = (fields: object = {}): Student => {
  const student = new Student({ ...config, ...fields } as Config, 3)
  made.push(student)
  return student
}
beforeAll(() => init())
afterAll(() => {
  for (const each of made) each.dispose()
})

async function loss(student: Student, price: number, groups = 1): Promise<number> {
  using value = lossOf(student, { rows, overlap: { price, special: SPECIAL } }, groups)
  return (await value.read())[0]!
}

/** From the weights that a run shows, pair of heads by pair of heads. */
async function overlapByHand({ config, network }: Student): Promise<number> {
  let total = 0
  for (const { ids, labels } of rows) {
    using run = new Run({ config, network, sentence: undefined }, prepare({ inputIds: [ids] }, config, undefined))
    for (const [i] of labels) {
      const looks: Float32Array[] = []
      for (let layer = 0; layer < config.layers; layer++)
        for (let head = 0; head < config.heads; head++) looks.push((await run.attention(layer, head).row(i)) as Float32Array)
      for (const [j, id] of ids.entries())
        if (j !== i && id >= SPECIAL)
          for (const [a, one] of looks.entries())
            for (const [b, other] of looks.entries()) if (a !== b) total += one[j]! * other[j]!
    }
  }
  return total
}

describe('the price of overlapping looks', () => {
  it.each([1, 2])('is that of the weights which the model shows, pair by pair, read in %i groups', async (groups) => {
    const student = begin()
    const paid = (await loss(student, 1, groups)) - (await loss(student, 0, groups))
    expect(paid).toBeCloseTo((await overlapByHand(student)) / labels, 4)
    expect(paid).toBeGreaterThan(0.1)
  })

  it('can be learned to be avoided', async () => {
    const student = begin()
    const before = await overlapByHand(student)
    using optimizer = new AdamW(student.parameters, { rate: 1e-2 })
    for (let step = 0; step < 60; step++) {
      const { value, gradients } = valueAndGrad(() => lossOf(student, { rows, overlap: { price: 1, special: SPECIAL } }, 1))()
      optimizer.step(gradients.parameters)
      value.dispose()
      gradients.dispose()
    }
    expect(await overlapByHand(student)).toBeLessThan(before / 2)
  })

  it('is paid by the earlier of two layers', () => {
    const student = begin({ num_attention_heads: 1 })
    const paid = (price: number): Map<Tensor, Tensor> => {
      const { value, gradients } = valueAndGrad(() => lossOf(student, { rows, overlap: { price, special: SPECIAL } }, 1))()
      value.dispose()
      return new Map(gradients.parameters)
    }
    return Promise.all(
      [0, 1].map(async (layer) => {
        const query = student.parameters.get(`model.layers.${layer}.attn.Wqkv.weight (0 of 3)`)!
        const [without, priced] = [await paid(0).get(query)!.read(), await paid(1).get(query)!.read()]
        expect(priced.some((each, n) => each !== without[n])).toBe(layer === 0)
      }),
    )
  })

  it('is refused for layers that do not see the whole text, by name', async () => {
    const student = begin({ global_attn_every_n_layers: 2 })
    await expect(loss(student, 1)).rejects.toThrow('every head sees the whole text, this one has window')
  })
})
