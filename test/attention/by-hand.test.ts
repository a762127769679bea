/** The smallest cases, worked out by hand. */

import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'

const { attention, attentionWeights, masks, tensor } = regard
const inf = Number.POSITIVE_INFINITY
const nan = Number.NaN

beforeAll(startEngine)

for (const dtype of ['float32', 'float64'] as const) {
  const made = (data: readonly number[], shape: readonly number[]): regard.Tensor =>
    tensor(Float64Array.from(data), shape, { dtype })
  const tolerance = { atol: dtype === 'float32' ? 1e-6 : 1e-14, rtol: dtype === 'float32' ? 1e-6 : 1e-14 }

  describe(`by hand in ${dtype}`, () => {
    it('two keys whose scores differ by log 3 share 1 : 3', async () => {
      // D = 1, so the scale is 1: scores are 0 and log 3, Z = 1 + 3, lse = log 4, output = (0·1 + 4·3)/4
      const q = made([1], [1, 1, 1, 1])
      const k = made([0, Math.log(3)], [1, 1, 2, 1])
      const v = made([0, 4], [1, 1, 2, 1])
      const { output, lse } = attention(q, k, v)
      expectClose(await output.read(), [3], tolerance)
      expectClose(await lse.read(), [Math.log(4)], tolerance)
      expectClose(await attentionWeights(q, k).read(), [0.25, 0.75], tolerance)
    })

    it('the scale is 1/√D, of the query and key width', async () => {
      // q·k = 4·1 = 4, scale ½: 2
      const q = made([1, 1, 1, 1], [1, 1, 1, 4])
      expectClose(await attentionWeights(q, q, {}, { stage: 'scaled' }).read(), [2], tolerance)
      expectClose(await attentionWeights(q, q, { scale: 0.1 }, { stage: 'scaled' }).read(), [0.4], tolerance)
    })

    it('every stage of the pipeline, one after another', async () => {
      // scores 2, 4; softcap 4: 4·tanh(½), 4·tanh(1); bias +1, −1; the mask forbids the second
      const q = made([2], [1, 1, 1, 1])
      const k = made([1, 2], [1, 1, 2, 1])
      const options = { softcap: 4, bias: made([1, -1], [2]), mask: masks.prefix(1) }
      const stage = async (stage: 'scaled' | 'capped' | 'masked' | 'weights'): Promise<ArrayLike<number>> =>
        await attentionWeights(q, k, options, { stage }).read()
      expectClose(await stage('scaled'), [2, 4], tolerance)
      expectClose(await stage('capped'), [4 * Math.tanh(0.5), 4 * Math.tanh(1)], tolerance)
      expectClose(await stage('masked'), [4 * Math.tanh(0.5) + 1, -inf], tolerance)
      expectClose(await stage('weights'), [1, 0], tolerance)
    })

    it('query heads share key heads in neighbouring groups: 0 and 1 read 0, 2 and 3 read 1', async () => {
      const q = made([0, 0, 0, 0], [1, 4, 1, 1])
      const k = made([0, 0], [1, 2, 1, 1])
      const v = made([5, 7], [1, 2, 1, 1])
      expect([...(await attention(q, k, v).output.read())]).toEqual([5, 5, 7, 7])
    })

    it('causal counts from position 0, unless the offset says where the queries stand', async () => {
      const q = made([0, 0], [1, 1, 2, 1])
      const k = made([0, 0, 0], [1, 1, 3, 1])
      const seen = async (offset?: number): Promise<number[]> => [
        ...(await attentionWeights(q, k, { causal: true, offset }, { stage: 'masked' }).read()),
      ]
      expect(await seen()).toEqual([0, -inf, -inf, 0, 0, -inf])
      expect(await seen(1)).toEqual([0, 0, -inf, 0, 0, 0])
      expect(await seen(-1)).toEqual([-inf, -inf, -inf, 0, -inf, -inf])
    })

    it('a window of [1, 0] is the query and the key before it', async () => {
      const q = made([0, 0, 0], [1, 1, 3, 1])
      expect([...(await attentionWeights(q, q, { window: [1, 0] }).read())]).toEqual([1, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5])
    })

    it('a sink takes weight and gives nothing', async () => {
      // scores 0 and a sink of 0: Z = 2, so half of the value; lse = log 2
      const one = made([0], [1, 1, 1, 1])
      const v = made([6], [1, 1, 1, 1])
      for (const options of [{ sinks: [0] }, { smoothSoftmax: true }]) {
        const { output, lse } = attention(one, one, v, options)
        expectClose(await output.read(), [3], tolerance)
        expectClose(await lse.read(), [Math.log(2)], tolerance)
      }
    })

    it('a row that may look nowhere gives 0 and −∞; with a sink, 0 and the sink', async () => {
      const one = made([1], [1, 1, 1, 1])
      const nothing = masks.from(() => false)
      const bare = attention(one, one, one, { mask: nothing })
      expect([...(await bare.output.read()), ...(await bare.lse.read())]).toEqual([0, -inf])
      expect([...(await attentionWeights(one, one, { mask: nothing }).read())]).toEqual([0])
      const sunk = attention(one, one, one, { mask: nothing, sinks: [2] })
      expect([...(await sunk.output.read()), ...(await sunk.lse.read())]).toEqual([0, 2])
    })

    it('what may look nowhere is decided by the mask: a row of very low scores is still shared', async () => {
      const q = made([1], [1, 1, 1, 1])
      const k = made([-1e30, -1e30], [1, 1, 2, 1])
      const v = made([2, 4], [1, 1, 2, 1])
      expect([...(await attention(q, k, v).output.read())]).toEqual([3])
      if (dtype === 'float64') expect([...(await attentionWeights(q, k).read())]).toEqual([0.5, 0.5])
    })

    it('a masked key leaks nothing, whatever its key and value hold and however it is masked', async () => {
      const q = made([1], [1, 1, 1, 1])
      for (const poison of [nan, inf, -inf]) {
        const k = made([0, poison], [1, 1, 2, 1])
        const v = made([3, poison], [1, 1, 2, 1])
        using beside = made([0], [1])
        const ways: Record<string, regard.AttentionOptions> = {
          causal: { causal: true },
          window: { window: [0, 0] },
          lengths: { lengths: [1] },
          boolean: { mask: tensor(Uint8Array.of(1, 0), [2], { near: beside }) },
          float: { mask: made([0, -inf], [2]) },
          bias: { bias: made([0, -inf], [2]) },
          traced: { mask: (_b, _h, _i, j) => j.lt(1) },
          score: { score: (s, _b, _h, _i, j) => j.ge(1).where(-inf, s) },
          'short mask': { mask: tensor(Uint8Array.of(1, 1), [1, 2], { near: beside }), lengths: [1] },
          'softcap and mask': { softcap: 2, causal: true },
        }
        for (const [way, options] of Object.entries(ways)) {
          const { output, lse } = attention(q, k, v, options)
          expect([...(await output.read())], `${poison} behind ${way}`).toEqual([3])
          expect([...(await lse.read())], `${poison} behind ${way}`).toEqual([0])
          expect([...(await attentionWeights(q, k, options).read())], `${poison} behind ${way}`).toEqual([1, 0])
        }
      }
    })

    it('NaN in a key that is seen makes its row NaN, and no other', async () => {
      const q = made([1, 1], [1, 1, 2, 1])
      const k = made([0, nan], [1, 1, 2, 1])
      const { output } = attention(q, k, made([3, 4], [1, 1, 2, 1]), { causal: true })
      expect([...(await output.read())]).toEqual([3, nan])
    })

    it('dropout keeps what the hash keeps, divided by 1 − p, and lse does not know of it', async () => {
      const q = made(new Array(64).fill(0), [1, 1, 64, 1])
      const v = made(new Array(64).fill(1), [1, 1, 64, 1])
      const { output, lse } = attention(q, q, v, { dropout: { p: 0.5, seed: 7 } })
      const rows = [...(await output.read())]
      // each row keeps n of 64 weights of 1/64 · 2
      for (const x of rows) expect(Math.abs(x * 32 - Math.round(x * 32))).toBeLessThan(1e-4)
      expect(rows.reduce((a, b) => a + b, 0) / 64).toBeCloseTo(1, 0)
      expect(new Set(rows).size).toBeGreaterThan(3)
      expectClose(await lse.read(), new Array(64).fill(Math.log(64)), tolerance)
      const again = attention(q, q, v, { dropout: { p: 0.5, seed: 7 } })
      expect([...(await again.output.read())]).toEqual(rows)
      const other = attention(q, q, v, { dropout: { p: 0.5, seed: 8 } })
      expect([...(await other.output.read())]).not.toEqual(rows)
    })
  })
}

describe('types and layouts', () => {
  it.each(['float16', 'bfloat16'] as const)('%s inputs are widened to float32', async (dtype) => {
    const q = tensor([1, 0.5, -0.25, 2], [1, 1, 2, 2], { dtype })
    const { output, lse } = attention(q, q, q)
    expect([output.dtype, lse.dtype]).toEqual(['float32', 'float32'])
    const wide = tensor([1, 0.5, -0.25, 2], [1, 1, 2, 2])
    expect([...(await output.read())]).toEqual([...(await attention(wide, wide, wide).output.read())])
    const bias = tensor([0.5, 0], [2], { dtype })
    const wideBias = tensor([0.5, 0], [2])
    expect([...(await attention(q, q, q, { bias }).output.read())]).toEqual([
      ...(await attention(wide, wide, wide, { bias: wideBias }).output.read()),
    ])
  })

  it('output in the order of tokens has the same numbers, and joins its heads without a copy', async () => {
    const q = tensor(
      Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, n) => Math.sin(n)),
      [2, 3, 4, 5],
    )
    const byHeads = attention(q, q, q, { causal: true }).output
    const byTokens = attention(q, q, q, { causal: true, order: 'tokens' }).output
    expect(byTokens.shape).toEqual([2, 3, 4, 5])
    expect([...(await byTokens.read())]).toEqual([...(await byHeads.read())])
    const joined = regard.reshape(regard.transpose(byTokens, 1, 2), [2, 4, 15])
    expect(joined.storage).toBe(byTokens.storage)
  })

  it('strided inputs are read as they lie', async () => {
    const packed = tensor(
      Float32Array.from({ length: 2 * 6 * 3 * 4 }, (_, n) => Math.cos(n)),
      [2, 6, 3, 4],
    )
    const q = regard.transpose(packed, 1, 2)
    const copy = regard.contiguous(q)
    expect([...(await attention(q, q, q).output.read())]).toEqual([...(await attention(copy, copy, copy).output.read())])
  })

  it('says which implementation ran', () => {
    const q = tensor([1], [1, 1, 1, 1])
    const wide = tensor([1], [1, 1, 1, 1], { dtype: 'float64' })
    expect(attention(q, q, q).ran).toContain('wasm')
    expect(attention(wide, wide, wide).ran).toBe('reference')
  })

  it.each([
    [0, 1, 2, 3],
    [1, 0, 2, 3],
    [1, 2, 0, 3],
    [1, 2, 3, 0],
  ])('B=%i H=%i L=%i S=%i is a shape like any other', async (B, H, L, S) => {
    const [q, k] = [regard.full([B, H, L, 4], 1), regard.full([B, H, S, 4], 1)]
    const { output, lse } = attention(q, k, k, {
      causal: true,
      offset: S,
      softcap: 2,
      mask: masks.dilated(1),
      sinks: new Array(H).fill(0),
    })
    expect([output.shape, lse.shape]).toEqual([
      [B, H, L, 4],
      [B, H, L],
    ])
    expect([...(await output.read())].every((x) => x === 0)).toBe(true)
    expect([...(await lse.read())].every((x) => x === 0)).toBe(true)
    expect((await attentionWeights(q, k, { causal: true }).read()).length).toBe(B * H * L * S)
  })
})
