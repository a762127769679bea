/** Traces: all of a run, saved and opened, and those that others write. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { openTrace, type Reading, type Trace, trace } from '../../src/lens/index.ts'
import { type Edits, loadModel, type Model, type TensorToStore, writeSafetensors } from '../../src/model/index.ts'
import { CONFORMANCE, MINILM } from '../model/expected.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { apart, everything, inputOf, kindsOf, matrix, numbers, SMALL, small } from './small-models.ts'

const golden = (name: string) => fileURLToPath(new URL(`goldens/${name}.safetensors`, import.meta.url))

beforeAll(startEngine)

/** Every matrix of the first two layers. */
async function matrices(of: Trace, model: Model): Promise<number[][][]> {
  const made: number[][][] = []
  for (const kind of kindsOf(model))
    for (const layer of [0, 1]) for (const batch of [0, 1]) made.push(await matrix(of, layer, 1, kind, batch))
  return made
}

describeShared('A trace', 'conformance/models/', () => {
  it.each(SMALL)('%s: saved and opened, it has the same bits, and is saved to the same bytes', async (name) => {
    const model = await small(name)
    using kept = await trace(model, inputOf(model))
    const bytes = await kept.save()
    using opened = await openTrace(bytes)
    expect(await everything(opened, model)).toEqual(await everything(kept, model))
    expect(await matrices(opened, model)).toEqual(await matrices(kept, model))
    if (kept.logits) expect(await numbers(opened.logits!)).toEqual(await numbers(kept.logits))
    expect(opened.config).toEqual(JSON.parse(JSON.stringify(kept.config), (_, each) => each ?? Number.POSITIVE_INFINITY))
    expect(opened.tokensOf(1)).toEqual(kept.tokensOf(1))
    expect(Buffer.compare(await opened.save(), bytes)).toBe(0)
  })

  it.each(['bert-base', 'gpt-oss', 't5'])('%s: a trace made under edits shows them when it is opened', async (name) => {
    const model = await small(name)
    const edits: Edits = [
      { cut: 'edge', from: 3, to: 1, head: 1 },
      { cut: 'edge', from: 2, to: 1, head: 1, how: 'after', batch: 0 },
      { pattern: 'sharpen', by: 2, layer: 1 },
      { positions: 'shuffle' },
    ]
    using kept = await trace(model, inputOf(model), { edits })
    using opened = await openTrace(await kept.save())
    expect(opened.edits).toEqual(edits)
    expect(opened.edited).toBe(true)
    expect(await matrices(opened, model)).toEqual(await matrices(kept, model))
  })

  it('padding in front of a text stays with its trace', async () => {
    const model = await small('gpt2')
    const input = {
      inputIds: [
        [5, 9, 6],
        [7, 8, 5],
      ],
      attentionMask: [
        [0, 1, 1],
        [1, 1, 0],
      ],
    }
    using kept = await trace(model, input)
    using opened = await openTrace(await kept.save())
    expect(await matrices(opened, model)).toEqual(await matrices(kept, model))
    expect(await opened.attention(0, 0).cell(2, 0)).toBe(0)
  })

  it('in float64 it is float64', async () => {
    const model = await small('bert-base', 'float64')
    using kept = await trace(model, inputOf(model))
    using opened = await openTrace(await kept.save())
    expect(opened.q(0).dtype).toBe('float64')
    expect(await numbers(opened.q(0))).toEqual(await numbers(kept.q(0)))
  })

  it('grows with the text, not with its square', async () => {
    const model = await small('bert-base')
    const ids = (n: number) => Array.from({ length: n }, (_, k) => 3 + (k % 20))
    const bytes = async (n: number) => {
      const live = () => memoryFor('float32', 'test').live.bytes
      const before = live()
      using kept = await trace(model, ids(n))
      return kept.q(0).shape[2]! === n ? live() - before : Number.NaN
    }
    const [small8, small16, small32] = [await bytes(8), await bytes(16), await bytes(32)]
    expect(small32 - small16).toBe(2 * (small16 - small8))
  })

  it('gives back every buffer, as made and as opened', async () => {
    const live = () => ({ ...memoryFor('float32', 'test').live })
    const start = live()
    const model = await loadModel(`${CONFORMANCE}t5`)
    using kept = await trace(model, inputOf(model))
    using opened = await openTrace(await kept.save())
    await matrices(opened, model)
    opened.dispose()
    kept.dispose()
    model.dispose()
    expect(live()).toEqual(start)
    expect(() => opened.hidden(0)).toThrow('hidden: the trace was used after dispose()')
  })

  it('what the steps add to the stream makes the next state', async () => {
    const model = await small('gpt2')
    using kept = await trace(model, [5, 9, 6, 12])
    const [before, after, looked, thought] = await Promise.all(
      [kept.residual(0), kept.residual(1), kept.attentionOutput(0), kept.feedForwardOutput(0)].map(numbers),
    )
    expect(apart([after!], [before!.map((x, n) => x + looked![n]! + thought![n]!)])).toBeLessThan(1e-6)
  })

  it('says what it does not have', async () => {
    const model = await small('gpt2')
    using kept = await trace(model, [5, 9, 6])
    expect(() => kept.attention(2, 0)).toThrow('attention: layer 2 does not exist; the trace has 0 to 1')
    expect(() => kept.attention(0, 40)).toThrow('attention: head 40 does not exist')
    expect(() => kept.tokensOf(0, { kind: 'encoder' })).toThrow('tokensOf: this trace has no kind "encoder"; it has decoder')
    expect(() => kept.hidden(7)).toThrow('hidden: this trace has no decoder.hidden.7')
  })

  it.each(['gpt2', 'llama'])('of %s, written by transformers, opens as one of Regard', async (name) => {
    const model = await small(name)
    const ids = [5, 9, 6, 12, 7, 10]
    using own = await trace(model, ids)
    using theirs = await openTrace(golden(name))
    expect(theirs.tokens.map(({ id }) => id)).toEqual(ids)
    for (const field of ['layers', 'heads', 'kvHeads', 'headWidth', 'width', 'causal', 'family'] as const)
      expect(theirs.config[field]).toBe(own.config[field])
    for (const layer of [0, 1]) {
      for (const head of [0, 1])
        expect(apart(await matrix(theirs, layer, head, 'decoder', 0), await matrix(own, layer, head, 'decoder', 0))).toBeLessThan(
          2e-6,
        )
      expect(apart([await numbers(theirs.hidden(layer))], [await numbers(own.hidden(layer))])).toBeLessThan(2e-5)
    }
    expect(apart([await numbers(theirs.logits!)], [await numbers(own.logits!)])).toBeLessThan(2e-5)
    expect(() => theirs.headOutputs(0)).toThrow('headOutputs: this trace has no decoder.0.head')
  })
})

describeShared('The trace of a text', 'models/all-MiniLM-L6-v2', () => {
  it('is written to disk and opened without its model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trace-'))
    const path = join(folder, 'it.safetensors')
    const text = 'The cat sat because it was tired.'
    const model = await loadModel(MINILM)
    using kept = await trace(model, text)
    await kept.save(path)
    const row = await kept.attention(3, 1).row(5)
    model.dispose()
    using opened: Trace & Reading = await openTrace(path)
    expect(opened.text).toBe(text)
    expect(opened.tokens).toEqual(kept.tokens)
    expect(Array.from(await opened.attention(3, 1).row(5))).toEqual(Array.from(row))
    rmSync(folder, { recursive: true })
  })
})

describe('What is no trace', () => {
  const floats = (name: string, shape: number[]): TensorToStore => ({
    ...{ name, dtype: 'F32', shape },
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  })
  const tokens = JSON.stringify({ encoder: [[{ text: 'a' }, { text: 'b' }]] })
  const layer = [floats('encoder.0.q', [1, 1, 2, 4]), floats('encoder.0.k', [1, 1, 2, 4])]
  const noted = { format: 'regard-trace', version: '1', tokens }
  const written = (tensors: TensorToStore[], notes: Record<string, string>) => openTrace(writeSafetensors(tensors, notes))

  it('the least that there can be: queries and keys of one layer, and tokens', async () => {
    using opened = await written(layer, noted)
    expect(await matrix(opened, 0, 0, 'encoder', 0)).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ])
    expect(opened.config).toMatchObject({ family: 'unknown', kind: 'encoder', layers: 1, heads: 1, headWidth: 4, width: 4 })
  })

  it('a bias by distance is added where the key stands so far behind the query', async () => {
    const bias: TensorToStore = {
      name: 'distanceBias.0',
      dtype: 'F32',
      shape: [1, 3],
      data: Float32Array.from([Math.log(3), 0, Math.log(7)]),
    }
    using opened = await written([...layer, bias], {
      ...noted,
      scores: JSON.stringify({ encoder: { distanceBias: 'distanceBias.0' } }),
    })
    expect(
      apart(await matrix(opened, 0, 0, 'encoder', 0), [
        [1 / 8, 7 / 8],
        [3 / 4, 1 / 4],
      ]),
    ).toBeLessThan(1e-6)
  })

  const scores = (spec: unknown) => ({ ...noted, scores: JSON.stringify({ encoder: spec }) })
  it.each([
    ['no format', layer, { tokens }, 'is no trace: its metadata must say format "regard-trace", got undefined'],
    ['another version', layer, { ...noted, version: '2' }, 'is a trace of version 2, this Regard reads version 1'],
    ['no tokens', layer, { format: 'regard-trace', version: '1' }, 'metadata tokens is missing'],
    ['no layer', [], noted, 'holds no layer: there is neither encoder.0.q nor decoder.0.q'],
    ['keys missing', layer.slice(0, 1), noted, 'has no tensor "encoder.0.k"'],
    [
      'more tokens than queries',
      [floats('encoder.0.q', [1, 1, 3, 4]), layer[1]!],
      noted,
      'encoder.0.q must be [B,H,L,D] with B=1 texts and L=2 tokens, got [1,1,3,4]',
    ],
    ['a misspelt option', layer, scores({ casual: true }), 'metadata scores: encoder'],
    [
      'an unknown op',
      layer,
      scores({ score: [{ name: 'x', expr: { op: 'eval' }, tables: [] }] }),
      'an expression has the unknown op "eval"',
    ],
    [
      'a table that is not there',
      layer,
      scores({ score: [{ name: 'x', expr: { op: 'table', table: 0, at: [] }, tables: ['table.9'] }] }),
      'has no table "table.9"',
    ],
  ] as const)('%s is refused by name', async (_, tensors, notes, message) => {
    await expect(written([...tensors], notes as Record<string, string>)).rejects.toThrow(message)
  })

  it('a path to nothing is refused', async () => {
    await expect(openTrace('/no/such/trace.safetensors')).rejects.toThrow(
      'openTrace: /no/such/trace.safetensors: there is no such file',
    )
  })
})
