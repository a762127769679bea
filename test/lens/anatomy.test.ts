/** A layer taken apart holds nothing that the model did not compute, and all of it. */

import { beforeAll, describe, expect, it } from 'vitest'
import { type Anatomy, anatomy, embedded, type Numbers, wordGuesses } from '../../src/lens/index.ts'
import { loadModel, type Model, type Run } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'

/** Two ways to the same float64 number: the fused pass of a run, and its steps one by one. */
const SAME = 1e-11

/** Encoders and decoders of one tower; between them every kind of norm, bias, sink, cap, window, gate and rotation. */
const FAMILIES = [
  ...['bert-base', 'bert-mlm', 'roberta-mlm', 'distilbert-mlm', 'modernbert-mlm'],
  ...['gpt2', 'gpt-neox', 'bloom', 'opt', 'llama', 'mistral-window', 'qwen3', 'gemma2', 'gemma3', 'gpt-oss'],
]
/** Of two towers: each half by itself, and the half that writes with its attention to what was read. */
const PAIRS = ['t5', 't5-gated', 'bart', 'marian']
const CASES = [
  ...FAMILIES.map((family) => ({ family, kind: undefined, name: family })),
  ...PAIRS.flatMap((family) =>
    (['encoder', 'decoder'] as const).map((kind) => ({ family, kind, name: `the ${kind} of ${family}` })),
  ),
]
const READ = [5, 17, 3, 29, 11, 8, 23]
const WRITTEN = [7, 21, 4, 9, 13, 30]

beforeAll(startEngine)

describeShared('a layer taken apart', 'conformance/models/', (folder) => {
  describe.each(CASES)('$name', ({ family, kind }) => {
    const IDS = kind === 'decoder' ? WRITTEN : READ
    const which = kind && { kind }
    let model: Model
    let run: Run
    beforeAll(async () => {
      model = await loadModel(new URL(`${family}/`, folder), { dtype: 'float64' })
      run = await model.run(kind ? { inputIds: [READ], decoderInputIds: [WRITTEN] } : READ)
      return () => {
        run.dispose()
        model.dispose()
      }
    })

    const count = (): number => (kind === 'decoder' ? model.config.decoder! : model.config).layers
    async function each(look: (of: Anatomy, layer: number) => Promise<void>): Promise<void> {
      for (let layer = 0; layer < count(); layer++) {
        using of = anatomy(model, run, { layer, ...which })
        await look(of, layer)
      }
    }

    it('goes on with what the run went on with', async () => {
      await each(async (of, layer) => {
        // The run keeps the last layer's state behind the final norm; the others as they leave the block.
        if (layer === count() - 1) return
        const expected = (await run.hidden(layer + 1, which).read()) as Float64Array
        for (const token of IDS.keys()) {
          const steps = await of.steps(token)
          expect(steps[0]!.name).toBe('entered')
          expect(steps.at(-1)!.name).toBe('left')
          near(steps.at(-1)!.values, expected.slice(token * of.makeup.width, (token + 1) * of.makeup.width))
        }
      })
    })

    it('gives every cell the weight that the run gives it, and says how it came about', async () => {
      await each(async (of, layer) => {
        for (const head of [0, of.makeup.heads - 1]) {
          const expected = await run.attention(layer, head, which).all()
          for (const i of IDS.keys())
            for (const j of IDS.keys()) {
              const cell = await of.cell(head, i, j)
              near([cell.weight], [expected[i * IDS.length + j]!], 1e-7)
              near([cell.product], [Array.from(cell.terms).reduce((sum, term) => sum + term, 0)])
              near([cell.scaled], [cell.product * of.makeup.scale])
              const cap = of.makeup.softcap
              near([cell.capped], [cap ? cap * Math.tanh(cell.scaled / cap) : cell.scaled])
              if (of.makeup.causal && j > i) expect(cell.masked).toBe(Number.NEGATIVE_INFINITY)
              else if (!of.makeup.bias && !of.makeup.window) near([cell.masked], [cell.capped])
            }
        }
      })
    })

    it('makes shares of a row’s scores, with the sink’s share where there is one', async () => {
      await each(async (of) => {
        for (const i of IDS.keys()) {
          const row = await of.row(1, i)
          const sink = row.sink?.raised ?? 0
          near([row.total], [Array.from(row.raised).reduce((sum, x) => sum + x, sink)])
          near(
            row.weights,
            row.raised.map((x) => x / row.total),
          )
          near(
            row.raised,
            row.masked.map((score) => Math.exp(score - row.most)),
          )
          expect(row.sink !== undefined).toBe(of.makeup.sink)
          if (row.sink) near([row.sink.share], [1 - Array.from(row.weights).reduce((sum, weight) => sum + weight, 0)])
          expect(Math.max(...row.raised, sink)).toBe(1)
        }
      })
    })

    it('adds up what a head brings home, whichever columns are told one by one', async () => {
      await each(async (of) => {
        const head = of.makeup.heads - 1
        for (const columns of [[...IDS.keys()], [2, 0], []]) {
          const { values, weighted, rest, blend } = await of.brought(head, 4, columns)
          const { weights } = await of.row(head, 4)
          const Dv = of.makeup.valueWidth
          near(
            weighted,
            values.map((x, n) => x * weights[columns[Math.floor(n / Dv)]!]!),
          )
          near(
            blend,
            rest.map((x, d) => x + columns.reduce((sum, _, n) => sum + weighted[n * Dv + d]!, 0)),
          )
          if (columns.length === IDS.length) near(rest, new Float64Array(Dv))
        }
      })
    })

    it('splits what attention adds into what each head writes', async () => {
      await each(async (of) => {
        const { parts, lengths, bias } = await of.heads(3)
        const { width, heads } = of.makeup
        const written = (await of.steps(3)).find(({ name }) => name === 'attentionOutput')!.values
        const sums = written.map((_, c) => {
          let sum = bias?.[c] ?? 0
          for (let h = 0; h < heads; h++) sum += parts[h * width + c]!
          return sum
        })
        near(written, sums)
        near(
          lengths,
          lengths.map((_, h) => Math.hypot(...parts.slice(h * width, (h + 1) * width))),
        )
      })
    })

    it('traces a number back to the terms that a matrix added up', async () => {
      await each(async (of) => {
        const { heads, kvHeads, headNorms, rotary, headWidth, experts, gated } = of.makeup
        const steps = new Map((await of.steps(3)).map(({ name, values }) => [name, values]))
        const last = heads - 1
        const { q } = await of.cell(last, 3, 1)
        const whats = [
          'query',
          'key',
          'value',
          'attentionOutput',
          ...(experts ? [] : (['inner', 'feedForwardOutput'] as const)),
        ] as const
        for (const what of whats) {
          const { input, weights, terms, sum, bias, value } = await of.origin(what, { token: 3, head: last, channel: 2 })
          near(
            terms,
            input.map((x, n) => x * weights[n]!),
          )
          near([sum], [Array.from(terms).reduce((total, term) => total + term, 0)])
          near([value], [sum + (bias ?? 0)])
          if (what === 'query' && !headNorms && !rotary) near([value], [q[2]!])
          if (what === 'value') near([value], [(await of.brought(last, 5, [3])).values[2]!])
          if (what === 'attentionOutput' || what === 'feedForwardOutput') near([value], [steps.get(what)![2]!])
        }
        expect(kvHeads).toBeLessThanOrEqual(heads)
        if (!experts && !gated && of.makeup.activation === 'relu') {
          const { value } = await of.origin('inner', { token: 3, channel: 5 })
          near([Math.max(0, value)], [steps.get('inner')![5]!])
        }
        await expect(of.origin('query', { token: 3, channel: headWidth })).rejects.toThrow(
          /channel \d+ does not exist; there are 0 to/,
        )
      })
    })

    it('tells what each norm is given', async () => {
      await each(async (of) => {
        const steps = new Map((await of.steps(2)).map(({ name, values }) => [name, values]))
        for (const [step, given] of [
          ['attention', 'entered'],
          ...(of.cross ? [['cross', 'attended'] as const] : []),
          ['feedForward', of.makeup.parallel ? 'entered' : of.cross ? 'crossed' : 'attended'],
        ] as const) {
          const norms = of.makeup[`${step}Norms`]
          if (!norms.before) continue
          const x = [...steps.get(given)!]
          const mean = norms.before === 'layer' ? x.reduce((sum, value) => sum + value, 0) / x.length : 0
          const told = await of.spread(2, step, 'before')
          near([told.mean, told.spread], [mean, Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length)])
        }
      })
    })

    it('tells what a token is made of when it comes in', async () => {
      const width = (await embedded(model, run, 0, which)).given.length
      const first = (await run.hidden(0, which).read()) as Float64Array
      for (const token of IDS.keys()) {
        const { word, segment, place, sum, given, normed } = await embedded(model, run, token, which)
        near(given, first.slice(token * width, (token + 1) * width))
        near(
          sum,
          word.map((x, c) => x + (segment?.[c] ?? 0) + (place?.[c] ?? 0)),
        )
        if (!normed) near(sum, given)
      }
    })

    it('guesses words as the run’s logits do, or not at all without a head', async () => {
      const told = await wordGuesses(model, run, 2, 5, which)
      expect(told === undefined).toBe(run.logits === undefined || kind === 'encoder')
      if (!told || !run.logits) return
      const causal = kind === 'decoder' || model.config.causal
      const logits = ((await run.logits.read()) as Float64Array).slice(2 * model.config.vocabulary, 3 * model.config.vocabulary)
      const top = Math.max(...logits)
      const total = logits.reduce((sum, x) => sum + Math.exp(x - top), 0)
      expect(told.what).toBe(causal ? 'next' : 'here')
      expect(told.top[0]!.score).toBe(top)
      for (const { id, score, probability } of told.top) {
        expect(score).toBe(logits[id])
        near([probability], [Math.exp(score - top) / total])
      }
      const actual = IDS[causal ? 3 : 2]!
      expect(told.actual!.id).toBe(actual)
      expect(told.actual!.rank).toBe(1 + logits.filter((x) => x > logits[actual]!).length)
    })

    if (kind === 'decoder') {
      it('looks at what was read as the run does, behind its look at itself', async () => {
        await each(async (of, layer) => {
          const cross = of.cross!
          expect(of.makeup.cross).toEqual(cross.makeup)
          expect(cross.makeup).toMatchObject({ tokens: WRITTEN.length, columns: READ.length, causal: false })
          for (const head of [0, cross.makeup.heads - 1]) {
            const expected = await run.attention(layer, head, { kind: 'cross' }).all()
            for (const i of WRITTEN.keys()) {
              const row = await cross.row(head, i)
              near(row.weights, expected.slice(i * READ.length, (i + 1) * READ.length), 1e-7)
              for (const j of READ.keys()) {
                const cell = await cross.cell(head, i, j)
                near([cell.weight], [row.weights[j]!])
                near([cell.product], [Array.from(cell.terms).reduce((sum, term) => sum + term, 0)])
                near([cell.scaled], [cell.product * cross.makeup.scale])
              }
            }
          }
          const steps = await of.steps(3)
          const names = steps.map(({ name }) => name)
          expect(names.slice(names.indexOf('attended'), names.indexOf('feedForwardInput'))).toEqual([
            'attended',
            'crossInput',
            'crossBlend',
            'crossOutput',
            'crossed',
          ])
        })
      })

      it('brings home from what was read: its values come of the last state of each token there', async () => {
        const last = (await run.hidden(-1, { kind: 'encoder' }).read()) as Float64Array
        await each(async (of) => {
          const cross = of.cross!
          const { heads, valueWidth } = cross.makeup
          const { width } = of.makeup
          const steps = new Map((await of.steps(3)).map(({ name, values }) => [name, values]))
          const { values, weighted, rest, blend } = await cross.brought(heads - 1, 3, [6, 1])
          const { weights } = await cross.row(heads - 1, 3)
          near(
            weighted,
            values.map((x, n) => x * weights[[6, 1][Math.floor(n / valueWidth)]!]!),
          )
          near(
            blend,
            rest.map((x, d) => x + weighted[d]! + weighted[valueWidth + d]!),
          )
          near(steps.get('crossBlend')!.slice(-valueWidth), blend)
          const value = await cross.origin('value', { token: 6, head: heads - 1, channel: 2 })
          near(value.input, last.slice(6 * width, 7 * width))
          near([value.value], [values[2]!])
          const key = await cross.origin('key', { token: 6, head: 0, channel: 1 })
          near([key.value], [(await cross.cell(0, 3, 6)).k[1]!])
          const query = await cross.origin('query', { token: 3, head: 0, channel: 1 })
          near(query.input, steps.get('crossInput')!)
          near([query.value], [(await cross.cell(0, 3, 6)).q[1]!])
          const output = await cross.origin('output', { token: 3, channel: 4 })
          near([output.value], [steps.get('crossOutput')![4]!])
          const { parts, bias } = await cross.heads(3)
          near(
            steps.get('crossOutput')!,
            steps.get('crossOutput')!.map((_, c) => {
              let sum = bias?.[c] ?? 0
              for (let h = 0; h < heads; h++) sum += parts[h * width + c]!
              return sum
            }),
          )
          // Where a norm stands behind the sum its result is no sum.
          if (of.makeup.crossNorms.after || of.makeup.crossNorms.result) return
          near(
            steps.get('crossed')!,
            steps.get('attended')!.map((x, c) => x + steps.get('crossOutput')![c]!),
          )
        })
        using of = anatomy(model, run, { layer: 0, kind: 'decoder' })
        await expect(of.cross!.cell(0, 0, 7)).rejects.toThrow('token 7 does not exist; the text has 0 to 6')
        await expect(of.cross!.cell(0, 6, 0)).rejects.toThrow('token 6 does not exist; the text has 0 to 5')
      })
    }

    it('refuses what the model does not have', async () => {
      expect(() => anatomy(model, run, { layer: 99, ...which })).toThrow(/layer 99 does not exist; the model has 0 to /)
      using of = anatomy(model, run, { layer: 0, ...which })
      await expect(of.cell(99, 0, 0)).rejects.toThrow(/head 99 does not exist/)
      await expect(of.cell(0, 0, 99)).rejects.toThrow(`token 99 does not exist; the text has 0 to ${IDS.length - 1}`)
      await expect(embedded(model, run, 7, which)).rejects.toThrow(/token 7 does not exist/)
    })
  })
})

it('names a word as it stands inside a text, without the marks of the vocabulary', async () => {
  using model = await loadModel()
  const text = 'The cat sat on the mat because it was tired.'
  using run = await model.run(text)
  const pronoun = run.tokens.findIndex(({ start, end }) => text.slice(start, end).trim() === 'it')
  const told = (await wordGuesses(model, run, pronoun, 5))!
  expect(model.tokenizer!.idToToken(told.top[0]!.id)).not.toBe(told.top[0]!.text)
  for (const { text } of told.top) expect(text).toMatch(/^ ?[a-z]+$/)
})

function near(actual: Numbers | readonly number[], expected: Numbers | readonly number[], tolerance = SAME): void {
  expect(actual.length).toBe(expected.length)
  for (let n = 0; n < actual.length; n++) {
    const [a, b] = [actual[n]!, expected[n]!]
    if (a === b) continue
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) expect(`${n}: ${a}`).toBe(`${n}: ${b}`)
  }
}
