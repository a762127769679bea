/** Edits on small models of every family: what must hold for each, and what each does by brute force. */

import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { trace } from '../../src/lens/index.ts'
import { type AttentionKind, type Edits, loadModel, type Model } from '../../src/model/index.ts'
import { Tensor } from '../../src/tensor/index.ts'
import { CONFORMANCE } from '../model/expected.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { apart, everything, inputOf, kindsOf, matrix, numbers, SMALL, small } from './small-models.ts'

/** Weights and blends of float32 against the same in float64 by hand. */
const CLOSE = 2e-6

beforeAll(startEngine)

/** Row by row: which weights an edit leaves, given those there were. */
type ByHand = (row: readonly number[], i: number) => readonly number[]

const sum = (row: readonly number[]): number => row.reduce((total, x) => total + x, 0)

/** Rows of the first text that look somewhere, in head 1 of layer 0: the edited weights and blends against those made by hand. */
async function holds(model: Model, kind: AttentionKind, edits: Edits, byHand: ByHand): Promise<void> {
  using plain = await trace(model, inputOf(model))
  using edited = await trace(model, inputOf(model), { edits })
  const before = await matrix(plain, 0, 1, kind, 0)
  const after = await matrix(edited, 0, 1, kind, 0)
  expect(apart(after, before.map(byHand))).toBeLessThan(CLOSE)
  const { v, q } = edited.looked(0, { kind })
  const [, heads, , width] = v.shape as [number, number, number, number]
  const values = await numbers(v)
  const group = Math.floor((1 * heads) / q.shape[1]!)
  const blend = after.map((row) =>
    Array.from({ length: width }, (_, d) => sum(row.map((w, j) => w * values[(group * row.length + j) * width + d]!))),
  )
  const made = await numbers(edited.headOutputs(0, { kind }))
  const rows = after.length
  expect(
    apart(
      blend.map((row, i) => row.map((_, d) => made[(1 * rows + i) * width + d]!)),
      blend,
    ),
  ).toBeLessThan(CLOSE * 10)
  const other = await matrix(edited, 0, 0, kind, 0)
  expect(other).toEqual(await matrix(plain, 0, 0, kind, 0))
}

describeShared('Edits in every family', 'conformance/models/', () => {
  describe.each(SMALL)('%s', (name) => {
    it('no edits, and a recorder that watches, leave every bit as it is', async () => {
      const model = await small(name)
      using run = await model.run(inputOf(model), { edits: [] })
      using kept = await trace(model, inputOf(model))
      for (const kind of kindsOf(model).filter((kind) => kind !== 'cross'))
        expect(await numbers(kept.hidden(-1, { kind }))).toEqual(await numbers(run.hidden(-1, { kind })))
    })

    it('cutting links of weight 0 changes nothing', async () => {
      const model = await small(name)
      using plain = await trace(model, inputOf(model))
      for (const kind of kindsOf(model)) {
        const last = plain.k(0, { kind }).shape[2]! - 1
        expect(await plain.attention(0, 0, { kind, batch: 1 }).cell(1, last)).toBe(0)
        using edited = await trace(model, inputOf(model), { edits: { cut: 'edge', from: 1, to: last, batch: 1, kind } })
        expect(await everything(edited, model)).toEqual(await everything(plain, model))
      }
    })

    it('cutting everything but one link leaves only it', async () => {
      const model = await small(name)
      for (const kind of kindsOf(model)) {
        using edited = await trace(model, inputOf(model), { edits: { keep: 'edges', edges: [[2, 1]], layer: 0, head: 1, kind } })
        const rows = await matrix(edited, 0, 1, kind, 0)
        for (const [i, row] of rows.entries())
          for (const [j, weight] of row.entries())
            if (i !== 2 || j !== 1) expect(weight).toBe(0)
            else if (name === 'gpt-oss') expect(weight).toBeGreaterThan(0)
            else expect(weight).toBeCloseTo(1, 6)
      }
    })

    it('a link cut before the softmax: the rest of the row grows by 1 / (1 − w)', async () => {
      const model = await small(name)
      for (const kind of kindsOf(model)) {
        using plain = await trace(model, inputOf(model))
        const [row] = (await matrix(plain, 0, 1, kind, 0)).slice(3)
        const to = row!.indexOf(Math.min(...row!.filter((w) => w > 0)))
        await holds(model, kind, { cut: 'edge', from: 3, to, layer: 0, head: 1, kind }, (row, i) =>
          i === 3 ? row.map((w, j) => (j === to ? 0 : w / (1 - row[to]!))) : row,
        )
      }
    })

    it('a link cut after the softmax: the rest of the row stays', async () => {
      const model = await small(name)
      for (const kind of kindsOf(model))
        await holds(model, kind, { cut: 'edge', from: 3, to: 1, layer: 0, head: 1, how: 'after', kind }, (row, i) =>
          i === 3 ? row.with(1, 0) : row,
        )
    })

    it('flattened without measure, all that is seen is seen alike; a sink keeps its score', async () => {
      const model = await small(name)
      for (const kind of kindsOf(model)) {
        using plain = await trace(model, inputOf(model))
        const { sinks } = plain.looked(0, { kind }).options
        const sink = sinks instanceof Tensor ? Math.exp((await numbers(sinks))[1]!) : 0
        await holds(model, kind, { pattern: 'flatten', layer: 0, head: 1, kind }, (row) => {
          const share = 1 / (row.filter((w) => w > 0).length + sink)
          return row.map((w) => (w > 0 ? share : 0))
        })
      }
    })

    it('a frozen pattern is that of the same text unedited, whatever else is done', async () => {
      const model = await small(name)
      for (const kind of kindsOf(model)) {
        using plain = await trace(model, inputOf(model))
        const edits: Edits = [
          { pattern: 'freeze', layer: 1, head: 1, kind },
          { ablate: 'head', layer: 0, kind },
        ]
        using edited = await trace(model, inputOf(model), { edits })
        expect(await matrix(edited, 1, 1, kind, 0)).toEqual(await matrix(plain, 1, 1, kind, 0))
        if (kind !== 'cross') expect(await matrix(edited, 1, 0, kind, 0)).not.toEqual(await matrix(plain, 1, 0, kind, 0))
      }
    })

    it('an ablated head gives zeros, or its mean over the text, and the others what they gave', async () => {
      const model = await small(name)
      for (const kind of kindsOf(model)) {
        using plain = await trace(model, inputOf(model))
        const [, heads, length, width] = plain.headOutputs(0, { kind }).shape as [number, number, number, number]
        const before = await numbers(plain.headOutputs(0, { kind }))
        const real = kind === 'encoder' || !model.config.decoder ? [6, 4] : [5, 3]
        for (const by of ['zero', 'mean'] as const) {
          using edited = await trace(model, inputOf(model), { edits: { ablate: 'head', layer: 0, head: 1, by, kind } })
          const after = await numbers(edited.headOutputs(0, { kind }))
          for (const [n, x] of after.entries()) {
            const [d, i, h, b] = [
              n % width,
              Math.floor(n / width) % length,
              Math.floor(n / width / length) % heads,
              Math.floor(n / width / length / heads),
            ]
            const column = Array.from({ length: real[b]! }, (_, i) => before[((b * heads + h) * length + i) * width + d]!)
            if (h !== 1) expect(x).toBe(before[n])
            else if (by === 'zero') expect(x).toBe(0)
            else if (i < real[b]!) expect(x).toBeCloseTo(sum(column) / real[b]!, 5)
          }
        }
      }
    })

    it('restoring what was patched restores the run to the bit', async () => {
      const model = await small(name)
      using clean = await trace(model, inputOf(model))
      const wanted = await everything(clean, model)
      for (const kind of kindsOf(model)) {
        const half = kind === 'cross' ? 'decoder' : kind
        for (const site of ['head', 'attention', 'feedForward'] as const) {
          if (site === 'feedForward' && kind === 'cross') continue
          const broken =
            site === 'head' ? ({ ablate: 'head', layer: 0, kind } as const) : ({ ablate: site, layer: 0, kind } as const)
          using edited = await trace(model, inputOf(model), { edits: [broken, { patch: site, layer: 0, from: clean, kind }] })
          expect(await everything(edited, model)).toEqual(wanted)
        }
        using other = await trace(model, inputOf(model, 3), {
          edits: (['q', 'k', 'v'] as const).map((site) => ({ patch: site, layer: 0, from: clean, kind })),
        })
        expect(await numbers(other.headOutputs(0, { kind }))).toEqual(wanted[`${kind} 0 head`])
        if (kind === 'cross') continue
        using later = await trace(model, inputOf(model, kind === 'decoder' && model.config.decoder ? 0 : 3), {
          edits: [
            { ablate: 'attention', layer: 0, kind },
            { patch: 'residual', layer: 1, from: clean, kind },
          ],
        })
        expect(await numbers(later.hidden(-1, { kind: half }))).toEqual(
          wanted[
            `${kind} ${model.config.decoder && kind === 'decoder' ? model.config.decoder.layers : model.config.layers} hidden`
          ],
        )
      }
    })

    it('a knock-out in the fast kernel is that of the reference', async () => {
      const [fast, slow] = [await small(name), await small(name, 'float64')]
      for (const kind of kindsOf(fast)) {
        const edits: Edits = { cut: 'edge', from: 2, to: 1, heads: [0], kind }
        using a = await fast.run(inputOf(fast), { edits })
        using b = await slow.run(inputOf(slow), { edits })
        const half = kind === 'cross' ? 'decoder' : kind
        const [x, y] = [await numbers(a.hidden(-1, { kind: half })), await numbers(b.hidden(-1, { kind: half }))]
        const real = x.length / 2
        expect(apart([x.slice(0, real)], [y.slice(0, real)])).toBeLessThan(2e-4)
      }
    })

    it('each token where it stands anyway is no change', async () => {
      const model = await small(name)
      for (const kind of kindsOf(model).filter((kind) => kind !== 'cross')) {
        const length = kind === 'encoder' || !model.config.decoder ? 6 : 5
        using plain = await model.run(inputOf(model))
        using edited = await model.run(inputOf(model), {
          edits: { positions: Array.from({ length }, (_, n) => n), batch: 0, kind },
        })
        const first = length * model.config.width
        expect((await numbers(edited.hidden(-1, { kind }))).slice(0, first)).toEqual(
          (await numbers(plain.hidden(-1, { kind }))).slice(0, first),
        )
      }
    })

    it('runs under edits give back every buffer', async () => {
      const live = () => ({ ...memoryFor('float32', 'test').live })
      const start = live()
      const model = await loadModel(CONFORMANCE + name)
      for (const kind of kindsOf(model)) {
        const edits: Edits = [
          { cut: 'edge', from: 1, to: 0, kind },
          { cut: 'edge', from: 2, to: 1, how: 'after', kind },
          { ablate: 'head', layer: 0, head: 0, by: 'mean', kind },
          { pattern: 'freeze', layer: 1, kind },
          { pattern: 'sharpen', by: 3, layer: 0, kind },
          ...(kind === 'cross' ? [] : [{ positions: 'shuffle', kind } as const]),
        ]
        using run = await model.run(inputOf(model), { edits })
        await run.attention(0, 'mean', { kind, batch: 1 }).all()
      }
      model.dispose()
      expect(live()).toEqual(start)
    })
  })
})
