import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HEAD_MEASURES, type HeadMeasure, type HeadsReport, heads, LABEL_RULES, repeated } from '../../src/lens/heads/index.ts'
import { labelsFor } from '../../src/lens/heads/labels.ts'
import { type Reading, wordsOf } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { shared } from '../support/shared.ts'
import { tinyBert } from '../support/tiny-bert.ts'
import { made } from './made.ts'

const close = (value: number) => expect.closeTo(value, 6)

describe('one head by hand', () => {
  // [CLS] a b a , b    rows: a b a , b (position 0 is a sink). The measured row is the last, b at i = 5.
  const last = [0.2, 0.1, 0.1, 0.4, 0.1, 0.1]
  const self = (i: number) => Array.from({ length: 6 }, (_, j) => Number(i === j))
  const reading = made('[CLS]|a| b| a|,| b', [[[...[0, 1, 2, 3, 4].map(self), last]]])

  test('a token that looks at itself alone has no entropy, no distance and no span', async () => {
    const even = Array.from({ length: 6 }, () => new Array<number>(6).fill(1 / 6))
    const report = await heads(made('[CLS]|a| b| a|,| b', [[[0, 1, 2, 3, 4, 5].map(self), even]]))
    const { all } = report.heads[0]!
    expect(all).toMatchObject({ entropy: 0, distance: 0, span: 0, self: 1, locality: 1, previous: 0, next: 0 })
    expect(report).toMatchObject({ texts: 1, tokens: 6, rows: 5, sinks: 1, layers: 1, headsPerLayer: 2, near: 2, span: 0.9 })
  })

  test('the mean over rows is what the rows sum to, over how many there are', async () => {
    const { heads: found, chance } = await heads(reading)
    const { all, left } = found[0]!
    // The other rows give weight to one key alone: they have nothing to choose from, and are left out.
    expect(chance[0]!.rows.entropy).toBe(1)
    const h = -(0.2 * Math.log(0.2) + 4 * 0.1 * Math.log(0.1) + 0.4 * Math.log(0.4))
    expect(all.entropy).toEqual(close(h))
    expect(all.evenness).toEqual(close(h / Math.log(6)))
    // 0.2·5 + 0.1·4 + 0.1·3 + 0.4·2 + 0.1·1 + 0.1·0
    expect(all.distance).toEqual(close(2.6))
    // |i − j| ≤ 2: 0.4 + 0.1 + 0.1; 90 % are held from r = 5 on (0.8 at r = 4)
    expect(all.locality).toEqual(close(0.6))
    expect(all.span).toBe(5)
    expect(all.self).toEqual(close(0.1))
    expect(all.previous).toEqual(close(0.1))
    expect(all.next).toBeNaN()
    expect(all.pieces).toBeNaN()
    // the other b stands at 2; what followed it is a at 3, which is not the token right before 5
    expect(all.sameWord).toEqual(close(0.1))
    expect(all.induction).toEqual(close(0.4))
    expect(all.firstToken).toEqual(close(0.2))
    expect(all.separators).toEqual(close(0.1))
    expect(left).toEqual(close(0.8))
  })

  test('with the sink taken out the rest is brought to one', async () => {
    const { heads: found } = await heads(reading)
    const rest = [0.125, 0.125, 0.5, 0.125, 0.125]
    expect(found[0]!.apart).toMatchObject({
      entropy: close(-rest.reduce((sum, w) => sum + w * Math.log(w), 0)),
      evenness: close(-rest.reduce((sum, w) => sum + w * Math.log(w), 0) / Math.log(5)),
      distance: close(0.125 * (4 + 3 + 1) + 0.5 * 2),
      locality: close(0.75),
      span: 4,
      self: close(0.125),
      sameWord: close(0.125),
      induction: close(0.5),
      firstToken: Number.NaN,
      separators: close(0.125),
    })
  })

  test('chance is what even looks at all visible keys give', async () => {
    const { chance } = await heads(reading)
    expect(chance[0]!.all).toMatchObject({
      entropy: close(Math.log(6)),
      evenness: close(1),
      distance: close(15 / 6),
      locality: close(3 / 6),
      self: close(1 / 6),
      firstToken: close(1 / 6),
      separators: close(1 / 6),
      induction: close(1 / 6),
    })
    expect(chance[0]!.apart).toMatchObject({ entropy: close(Math.log(5)), self: close(1 / 5), distance: close(10 / 5) })
  })

  test('rows count by what they have left beside sinks', async () => {
    // Two rows, [CLS] a b: a has 0.5 left, all of it on b; b has 0.1 left, all of it on itself. next: only a has one.
    const uneven = made('[CLS]|a| b', [
      [
        [
          [1, 0, 0],
          [0.5, 0, 0.5],
          [0.9, 0, 0.1],
        ],
        [
          [1, 0, 0],
          [0.4, 0.3, 0.3],
          [0.4, 0.3, 0.3],
        ],
      ],
    ])
    const { heads: found } = await heads(uneven)
    expect(found[0]!.left).toEqual(close(0.3))
    // (0.5 · 0 + 0.1 · 1) / 0.6
    expect(found[0]!.apart.self).toEqual(close(0.1 / 0.6))
    expect(found[0]!.all.self).toEqual(close(0.05))
    expect(found[0]!.apart.next).toEqual(close(1))
  })
})

describe('what tokens have in common', () => {
  const even = (n: number) => Array.from({ length: n }, () => new Array<number>(n).fill(1 / n))
  const rows = async (pieces: string) => (await heads(made(pieces, [[even(pieces.split('|').length)]]))).chance[0]!.rows

  test('the same word counts whatever its case, and all of its pieces; its own pieces are another measure', async () => {
    const reading = made('The| un|kind| Unkind', [[even(4)]])
    const { heads: found, chance } = await heads(reading)
    // un and kind each see the other piece (1/4) and `Unkind` (1/4); Unkind sees both pieces (2/4)
    expect(chance[0]!.rows).toMatchObject({ pieces: 2, sameWord: 3 })
    expect(found[0]!.all).toMatchObject({ pieces: close(1 / 4), sameWord: close((1 / 4 + 1 / 4 + 2 / 4) / 3) })
  })

  test('induction needs an earlier place of the same token, with something between it and here', async () => {
    // what followed a at 1 is b at 2, the token right before a at 3; so with b
    expect((await rows('x|a| b| a| b')).induction).toBe(0)
    expect((await rows('x|a| a')).induction).toBe(0)
    expect((await rows('[CLS]|a| b| c| a')).induction).toBe(1)
  })

  test('special tokens and the first position do not look, and have no neighbours', async () => {
    const counted = await rows('[CLS]|a| b|[SEP]')
    expect(counted).toMatchObject({ entropy: 2, previous: 1, next: 1, self: 2 })
  })
})

/** The definitions once more, from whole matrices and without a thought for memory. */
async function bruteForce(reading: Reading, layer: number, head: number, batch: number, causal: boolean) {
  const tokens = reading.tokensOf(batch)
  const n = tokens.length
  const { of, list } = wordsOf(tokens, batch === 0 ? reading.text : undefined)
  const views = await Promise.all(
    Array.from({ length: reading.config.heads }, (_, h) => reading.attention(layer, h, { batch }).all()),
  )
  const all = views[head]!
  const sink = (j: number) => j === 0 || tokens[j]!.special
  const word = (j: number) => (of[j] === undefined ? undefined : list[of[j]]!.text.toLowerCase())
  const sums: Record<string, [number, number]> = {}
  const add = (name: string, value: number, weight: number) => {
    sums[name] ??= [0, 0]
    sums[name][0] += value * weight
    sums[name][1] += weight
  }
  for (let i = 0; i < n; i++) {
    const keys = Array.from({ length: n }, (_, j) => j).filter((j) => views.some((w) => w[i * n + j]! > 0))
    if (!causal) expect(keys.length).toBeLessThanOrEqual(n)
    else expect(keys.every((j) => j <= i)).toBe(true)
    if (sink(i) || keys.length < 2) continue
    for (const which of ['all', 'apart'] as const) {
      const seen = which === 'all' ? keys : keys.filter((j) => !sink(j))
      if (seen.length < 2) continue
      const left = which === 'all' ? 1 : seen.reduce((sum, j) => sum + all[i * n + j]!, 0)
      const p = (j: number) => all[i * n + j]! / left
      const on = (name: HeadMeasure, some: (j: number) => boolean) => {
        const columns = seen.filter(some)
        if (columns.length > 0)
          add(
            `${which} ${name}`,
            columns.map(p).reduce((a, b) => a + b, 0),
            left,
          )
      }
      const entropy = seen.map((j) => (p(j) > 0 ? -p(j) * Math.log(p(j)) : 0)).reduce((a, b) => a + b, 0)
      add(`${which} entropy`, entropy, left)
      add(`${which} evenness`, entropy / Math.log(seen.length), left)
      add(
        `${which} distance`,
        seen.map((j) => p(j) * Math.abs(i - j)).reduce((a, b) => a + b, 0),
        left,
      )
      const within = (r: number) =>
        seen
          .filter((j) => Math.abs(i - j) <= r)
          .map(p)
          .reduce((a, b) => a + b, 0)
      add(`${which} span`, Array.from({ length: n }, (_, r) => r).find((r) => within(r) >= 0.9 * within(n) - 1e-9)!, left)
      add(`${which} locality`, within(2), left)
      on('self', (j) => j === i)
      on('previous', (j) => j === i - 1 && !sink(j))
      on('next', (j) => j === i + 1 && !sink(j))
      on('pieces', (j) => j !== i && of[j] !== undefined && of[j] === of[i])
      on('sameWord', (j) => of[j] !== of[i] && word(j) !== undefined && word(j) === word(i))
      on('induction', (j) => j >= 1 && j < i - 1 && !sink(j) && !tokens[j - 1]!.special && tokens[j - 1]!.id === tokens[i]!.id)
      on('firstToken', (j) => j === 0)
      add(
        `${which} separators`,
        seen
          .filter((j) => j > 0 && (tokens[j]!.special || of[j] === undefined))
          .map(p)
          .reduce((a, b) => a + b, 0),
        left,
      )
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([name, [sum, weight]]) => [name, sum / weight]))
}

function expectSame(report: HeadsReport, at: number, expected: Record<string, number>): void {
  for (const which of ['all', 'apart'] as const)
    for (const measure of HEAD_MEASURES) {
      const [got, wanted] = [report.heads[at]![which][measure], expected[`${which} ${measure}`] ?? Number.NaN]
      expect(got, `head ${at}, ${which} ${measure}`).toEqual(Number.isNaN(wanted) ? Number.NaN : expect.closeTo(wanted, 5))
    }
}

describe('against the definitions on whole matrices', () => {
  test('a tiny encoder on a text with repeated words, split words and punctuation', async () => {
    const { json, weights } = tinyBert(3)
    const files = new Map<string, Blob>(Object.entries(json).map(([path, content]) => [path, new Blob([JSON.stringify(content)])]))
    files.set('model.safetensors', new Blob([weights]))
    const model = await loadModel(files)
    const run = await model.run('The animal, the big animal slept in the sun; the abc animal slept.')
    const report = await heads(run)
    for (let at = 0; at < report.heads.length; at++) {
      const { layer, head } = report.heads[at]!
      expectSame(report, at, await bruteForce(run, layer, head, 0, false))
    }
    run.dispose()
    model.dispose()
  })

  const families = ['gpt2', 'llama', 'mistral-window', 'gemma2', 'gpt-oss', 'bert-base', 'modernbert-mlm', 'bloom', 't5']
  for (const family of families) {
    const folder = shared(`conformance/models/${family}/`)
    test.skipIf(!folder)(`a tiny ${family} on ids${folder ? '' : ' (skipped: ../shared is not here)'}`, async () => {
      const model = await loadModel(folder!)
      const ids = Array.from({ length: 14 }, (_, n) => 5 + ((n * 7) % 5) + (n > 9 ? 1 : 0))
      const run = await model.run(ids)
      const report = await heads(run)
      expect(report.heads.length).toBe(model.config.layers * model.config.heads)
      for (let at = 0; at < report.heads.length; at++) {
        const { layer, head } = report.heads[at]!
        expectSame(report, at, await bruteForce(run, layer, head, 0, model.config.causal))
      }
      run.dispose()
      model.dispose()
    })
  }
})

describe('whatever the weights', () => {
  const n = 7
  const matrix = fc.array(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: n, maxLength: n }), {
    minLength: n,
    maxLength: n,
  })
  const rowsToOne = (rows: number[][]) => rows.map((row) => row.map((w) => w / row.reduce((a, b) => a + b, 0)))
  const pieces = '[CLS]|the| cat|,| the| dog|[SEP]'

  test('shares lie between 0 and 1, entropy below that of even looks, and what is on sinks and beside them is all', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const report = await heads(made(pieces, [[rowsToOne(rows)]]))
        const { all, apart, left } = report.heads[0]!
        for (const each of [all, apart])
          for (const measure of ['evenness', 'locality', 'self', 'previous', 'next', 'sameWord', 'separators'] as const)
            if (!Number.isNaN(each[measure])) expect(each[measure]).toSatisfy((x: number) => x >= 0 && x <= 1 + 1e-6)
        expect(all.entropy).toBeLessThanOrEqual(report.chance[0]!.all.entropy + 1e-6)
        // sinks: [CLS], which is firstToken, and [SEP], the one special token among the separators
        expect(left).toBeGreaterThan(0)
        expect(left + all.firstToken).toBeLessThanOrEqual(1 + 1e-6)
      }),
      { numRuns: 50 },
    )
  })

  test('even looks measure what chance says, and earn no label but that', async () => {
    const even = Array.from({ length: n }, () => new Array<number>(n).fill(1 / n))
    const report = await heads(made(pieces, [[even]]))
    for (const measure of HEAD_MEASURES) {
      const [own, chance] = [report.heads[0]!.all[measure], report.chance[0]!.all[measure]]
      expect(own, measure).toEqual(Number.isNaN(chance) ? Number.NaN : close(chance))
    }
  })

  test('two texts pool their rows: a text given twice changes nothing but the counts', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const reading = made(pieces, [[rowsToOne(rows)]])
        const [once, twice] = [await heads(reading), await heads([reading, reading])]
        for (const measure of HEAD_MEASURES)
          expect(twice.heads[0]!.all[measure]).toEqual(
            Number.isNaN(once.heads[0]!.all[measure]) ? Number.NaN : close(once.heads[0]!.all[measure]),
          )
        expect([twice.texts, twice.tokens, twice.rows]).toEqual([2, 2 * once.tokens, 2 * once.rows])
      }),
      { numRuns: 20 },
    )
  })
})

describe('labels', () => {
  const words = (n: number) => `[CLS]|${Array.from({ length: n }, (_, at) => `${at ? ' ' : ''}w${at}`).join('|')}`
  /** Each token gives `share` to the token before it and the rest to [CLS], but for a crumb for everything else. */
  const previous = (n: number, share: number) =>
    Array.from({ length: n + 1 }, (_, i) =>
      Array.from({ length: n + 1 }, (_, j) => (j === Math.max(0, i - 1) ? share : j === 0 ? 1 - share - 0.001 * n : 0.001)),
    )
  const labelsOf = async (n: number, share: number) => (await heads(made(words(n), [[previous(n, share)]]))).heads[0]!.labels

  test('a head that looks at the token before earns its name, with the figures that earned it', async () => {
    const [label, ...others] = await labelsOf(30, 0.8)
    expect(label).toMatchObject({ name: 'previous token', measure: 'previous', value: close(0.8), rows: 29, beyondSinks: false })
    expect(others).toEqual([])
  })

  test('on too little text nothing is earned', async () => {
    expect(await labelsOf(15, 0.8)).toEqual([])
  })

  test('a head that rests on the sink and uses the rest for the token before earns both names, and the second says so', async () => {
    const labels = await labelsOf(30, 0.2)
    expect(labels.map(({ name, beyondSinks }) => [name, beyondSinks])).toEqual([
      ['previous token', true],
      ['first token', false],
    ])
  })

  test('what chance gives as well is not earned', () => {
    const figures = Object.fromEntries(HEAD_MEASURES.map((measure) => [measure, 0])) as Record<HeadMeasure, number>
    const rows = Object.fromEntries(HEAD_MEASURES.map((measure) => [measure, 100])) as Record<HeadMeasure, number>
    const shown = { figures: { ...figures, previous: 0.6 }, chance: { ...figures, previous: 0.4 }, rows }
    expect(labelsFor(shown, shown, 1)).toEqual([])
    expect(labelsFor({ ...shown, chance: { ...figures, previous: 0.3 } }, shown, 1).map(({ name }) => name)).toEqual([
      'previous token',
    ])
  })

  test('with too little left beside the sinks, what is left earns nothing', () => {
    const figures = Object.fromEntries(HEAD_MEASURES.map((measure) => [measure, 0])) as Record<HeadMeasure, number>
    const rows = Object.fromEntries(HEAD_MEASURES.map((measure) => [measure, 100])) as Record<HeadMeasure, number>
    const none = { figures, chance: figures, rows }
    const some = { figures: { ...figures, induction: 0.9 }, chance: figures, rows }
    const at = (left: number) =>
      labelsFor(
        none,
        some,
        left,
        LABEL_RULES.filter(({ least, timesChance }) => least > 0 && timesChance > 0),
      )
    expect(at(0.5).map(({ name }) => name)).toEqual(['induction'])
    expect(at(0.05)).toEqual([])
  })
})

describe('random tokens said twice', () => {
  test('the same seed draws the same passages, and induction is measured on every token said again', async () => {
    const { json, weights } = tinyBert(5)
    const files = new Map<string, Blob>(Object.entries(json).map(([path, content]) => [path, new Blob([JSON.stringify(content)])]))
    files.set('model.safetensors', new Blob([weights]))
    const model = await loadModel(files)
    const options = { length: 12, passages: 2, seed: 4 }
    const [one, two] = [await repeated(model, options), await repeated(model, options)]
    expect(one).toEqual(two)
    expect(one).toMatchObject({ length: 12, times: 2, passages: 2, seed: 4, rows: 24 })
    // 2 + 24 tokens are visible to all in this encoder, one of them is what followed
    for (const { chance, induction } of one.heads) {
      expect(chance).toBeCloseTo(1 / 26, 6)
      expect(induction).toBeGreaterThan(0)
    }
    expect((await repeated(model, { ...options, seed: 5 })).heads).not.toEqual(one.heads)
    model.dispose()
  })
})

test('nothing to look at is refused, and so are readings of different models', async () => {
  const one = made('a| b', [
    [
      [
        [1, 0],
        [0.5, 0.5],
      ],
    ],
  ])
  const two = made('a| b', [
    [
      [
        [1, 0],
        [0.5, 0.5],
      ],
      [
        [1, 0],
        [0.5, 0.5],
      ],
    ],
  ])
  await expect(heads([])).rejects.toThrow('heads: there is nothing to look at; give at least one reading')
  await expect(heads([one, two])).rejects.toThrow('heads: the readings are of different models, got 1 × 1 and 1 × 2 heads')
})

test('called off, it stops with the reason', async () => {
  const reading = made('a| b', [
    [
      [
        [1, 0],
        [0.5, 0.5],
      ],
    ],
  ])
  await expect(heads(reading, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})
