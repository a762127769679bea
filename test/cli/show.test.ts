import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { EngineInfo } from '../../src/backend/index.ts'
import { type Asked, type Ran, show } from '../../src/cli/read/show.ts'
import type { Screen } from '../../src/cli/terminal/screen.ts'
import { widthOf } from '../../src/cli/terminal/width.ts'
import { hasCheckpoint, recorded, whyNot } from '../lens/recorded.ts'

const engine: EngineInfo = {
  backend: 'reference',
  tier: 'float64',
  threads: 1,
  notes: [],
  startupMs: 0,
  settled: async () => engine,
  toString: () => 'a recording',
}

/** A recorded sentence as a run; the mean of a layer is taken over its heads here. */
function ran(batch: number): Ran {
  const run = recorded(batch)
  return {
    ...run,
    kind: 'encoder',
    model: { name: 'all-MiniLM-L6-v2', family: 'bert' },
    engine,
    milliseconds: 1,
    attention: (layer, head) => {
      if (head !== 'mean') return run.attention(layer, head)
      return {
        async tile(r0, r1, c0, c1) {
          const tiles = await Promise.all(Array.from({ length: 12 }, (_, h) => run.attention(layer, h).tile(r0, r1, c0, c1)))
          return tiles[0]!.map((_, at) => tiles.reduce((sum, tile) => sum + tile[at]!, 0) / 12)
        },
      }
    },
  }
}

const PLAIN: Screen = { columns: 80, rows: undefined, depth: 0, dark: undefined }
const lines = async (batch: number, asked: Asked = {}, screen: Partial<Screen> = {}) =>
  (await show(ran(batch), asked, { ...PLAIN, ...screen })).split('\n')
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is made of
const bare = (text: string) => text.replace(/\u001b\[[0-9;]*m/g, '')

describe.skipIf(!hasCheckpoint)(`regard read, on recorded runs${hasCheckpoint ? '' : ` (${whyNot})`}`, () => {
  test('it looks at animal most, in the head that the rule picks, and the rule is said', async () => {
    expect(await lines(0, { token: 'it' }, { columns: 130 })).toEqual([
      'all-MiniLM-L6-v2 · 6 layers × 12 heads · a recording · 1.0 ms',
      '',
      'it looks at animal most: 67.7 % in layer 3, head 1   (of 72 heads, its strongest look back at a word beyond its neighbours)',
      '',
      '  animal   ███████████████████████████▏   67.7 %',
      '  [CLS]    ████▏                          10.2 %',
      '  it       ██▋                             6.4 %',
      '  street   ██                              5.0 %',
      '  …12 more, 10.7 %',
    ])
  })

  test('a word that the model hardly met is marked, and the mark is explained; without such words there is none', async () => {
    const seen = { hardly: (text: string) => [{ start: text.indexOf('animal'), end: text.indexOf('animal') + 6 }] }
    const shown = (await show({ ...ran(0), seen }, { token: 'it' }, PLAIN)).split('\n')
    expect(shown.filter((line) => line.includes('°')).map((line) => line.trimEnd())).toEqual([
      '° a word that this model hardly met while it learned: what it makes of it means',
      expect.stringMatching(/^ {2}animal° {3}█/),
    ])
    const told = JSON.parse(await show({ ...ran(0), seen }, { json: true }, PLAIN)) as {
      tokens: { text: string; hardlySeen: boolean }[]
    }
    expect(told.tokens.filter(({ hardlySeen }) => hardlySeen).map(({ text }) => text)).toEqual(['animal'])
    expect((await lines(0, { token: 'it' })).join('')).not.toContain('°')
  })

  test('a layer and a head that were chosen are shown without a rule', async () => {
    const shown = await lines(0, { token: 'it', layer: 5, head: 11 })
    expect(shown[2]).toBe('it looks at animal most: 67.3 % in layer 5, head 11')
  })

  test('a mean says over what', async () => {
    expect((await lines(0, { token: 'it', head: 'mean' }))[2]).toMatch(/ in the mean of all 72 heads$/)
    expect((await lines(0, { token: 'it', head: 'mean', layer: 3 }))[2]).toMatch(/ in the mean of layer 3’s 12 heads$/)
  })

  test('where the token looks elsewhere most, the statement gives both that and the link of the rule', async () => {
    const shown = (await lines(0, { token: 'because' })).join(' ')
    expect(shown).toMatch(/because looks at \S+ most: [\d.]+ % in layer \d, head \d+/)
    const { weights, rule } = JSON.parse((await lines(0, { token: 'because', json: true })).join(''))
    const top = weights.indexOf(Math.max(...weights))
    if (top !== rule.column) expect(shown).toMatch(/most: [\d.]+ % in layer \d, head \d+; at \S+ [\d.]+ %/)
  })

  test('the matrix names the tokens that look on the left and the tokens looked at above, in per cent', async () => {
    const shown = await lines(0, { layer: 3, head: 1 })
    expect(shown.slice(2, 4).join(' ')).toBe(
      'In layer 3, head 1, 10 of 16 tokens look at [CLS] most; the strongest look at another word is it at animal, 67.7 %',
    )
    expect(shown.find((line) => /^ +it /.test(line))).toBe(
      '       it   10   4  68   ·   ·   ·   1   ·   5   ·   6   ·   ·   2   ·   1',
    )
    expect(shown.at(-1)).toBe('  rows: the token that looks · columns: the token looked at')
    const head = shown.slice(
      5,
      shown.findIndex((line) => line.includes('[CLS]  ')),
    )
    expect(
      head
        .map((line) => line[21] ?? ' ')
        .join('')
        .trim(),
    ).toBe('animal')
  })

  test('in colour the matrix is made of half blocks; two rows share a line where the window is low', async () => {
    const tall = await lines(0, { layer: 3, head: 1 }, { depth: 24, columns: 80, rows: 50 })
    expect(bare(tall.find((line) => bare(line).startsWith('       it '))!)).toBe(`       it ${'▀'.repeat(32)} → animal   67.7 %`)
    const low = await lines(0, { layer: 3, head: 1 }, { depth: 24, columns: 80, rows: 24 })
    expect(low.length).toBeLessThan(24)
    expect(bare(low.find((line) => bare(line).startsWith('       it '))!)).toBe(`       it ${'▀'.repeat(32)} was`)
    expect(low.map(bare).join(' ')).toContain('(left label: upper, right: lower)')
  })

  test('the colour of a cell is the colour of its weight', async () => {
    const shown = await lines(0, { layer: 3, head: 1 }, { depth: 24, columns: 80, rows: 50, dark: false })
    const row = shown.find((line) => bare(line).startsWith('       it '))!
    // √0.677 = 0.823 of the way from #f4f2ec to #2a2f9e in OKLab
    const { weightColour } = await import('../../src/picture/index.ts')
    expect(row).toContain(`38;2;${weightColour(0.676848, false).join(';')}`)
  })

  test('sixteen colours draw shades, two hundred and fifty-six draw half blocks', async () => {
    expect((await lines(0, {}, { depth: 4 })).join('')).toMatch(/█/)
    expect((await lines(0, {}, { depth: 8 })).join('')).toContain('38;5;')
  })

  test.each([0, 4, 8, 24] as const)('nothing is wider than the terminal, at %i bits of colour', async (depth) => {
    for (const columns of [20, 28, 40, 60, 80, 120, 200])
      for (const batch of [0, 5])
        for (const asked of [{}, { token: batch === 0 ? 'it' : 'emoji' }, { head: 'mean' as const }])
          for (const line of await lines(batch, asked, { depth, columns, rows: depth === 24 ? 24 : undefined }))
            expect(widthOf(bare(line)), line).toBeLessThanOrEqual(columns)
  })

  test('what does not fit is thinned to the largest of several weights, and that is said', async () => {
    const shown = await lines(5, { layer: 0, head: 0 }, { columns: 24 })
    expect(shown.join(' ').replace(/\s+/g, ' ')).toMatch(
      /22 tokens do not fit: a cell holds \d+ × \d+ weights and shows the largest/,
    )
  })

  test('subwords carry a dot where their word goes on, and no marks of the vocabulary', async () => {
    const shown = (await lines(5)).join('\n')
    expect(shown).not.toContain('##')
    for (const label of ['br·', '·ûlé·', '·e', 'em·', '·oj·', '·i']) expect(shown).toMatch(new RegExp(`^ +${label} `, 'm'))
  })

  test('a word of several tokens is read at its last, and that is said', async () => {
    const shown = (await lines(5, { token: 'emoji' })).join('\n')
    expect(shown).toContain('emoji is 3 tokens, em· ·oj· ·i: this is the last')
    expect(shown).toMatch(/^·i looks at /m)
    expect(JSON.parse((await lines(5, { token: 'em·', json: true })).join('')).token).toBe(15)
  })

  test('a word that stands there twice is told apart by :1 and :2', async () => {
    const index = async (batch: number, token: string) => JSON.parse((await lines(batch, { token, json: true })).join('')).token
    expect(await index(3, 'the')).toBe(5)
    expect(await index(3, 'the:2')).toBe(8)
    expect(await index(3, 'The:3')).toBe(12)
    const shown = (await lines(3, { token: 'the' })).join('\n')
    expect(shown).toContain('the stands in the text 3 times: this is the first, the:2 the next')
    expect(shown).toMatch(/^the:1 looks at /m)
  })

  test('what is not there is refused in one line that lists what is', async () => {
    await expect(lines(2, { token: 'dog' })).rejects.toThrow(
      '--token dog: the text has no token "dog"; it has [CLS] The cat sat on the mat because it was tired [SEP]',
    )
    await expect(lines(2, { token: 'cat:2' })).rejects.toThrow('--token cat:2: "cat" stands in the text once and is counted from 1')
    await expect(lines(2, { token: 'cat:0' })).rejects.toThrow('counted from 1')
    await expect(lines(2, { layer: 6 })).rejects.toThrow('--layer 6: all-MiniLM-L6-v2 has 6 layers, 0 to 5')
    await expect(lines(2, { head: 12 })).rejects.toThrow('--head 12: all-MiniLM-L6-v2 has 12 heads in a layer, 0 to 11')
  })

  test('docs/cli.md shows what is really printed', async () => {
    const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
    const [, block] = /```text\n(.*?)```/s.exec(docs)!
    expect((await lines(0, { token: 'it' }, { columns: 130 })).slice(2).join('\n')).toBe(block!.trimEnd())
  })

  test('JSON has the fields that docs/cli.md gives it, and no others', async () => {
    const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
    const given = new Set(
      /interface Read \{(.*?)\n\}/s
        .exec(docs)![1]!
        .replace(/\/\/.*/g, '')
        .match(/\b[a-z]+(?=\??:)/gi),
    )
    // Those of encoder–decoders: test/cli/kinds.test.ts has them.
    for (const field of ['written', 'looking']) expect(given.delete(field)).toBe(true)
    for (const asked of [{}, { token: 'it' }, { head: 'mean' }, { layer: 1, head: 2 }] satisfies Asked[] as Asked[]) {
      const seen = new Set<string>()
      JSON.parse((await lines(0, { ...asked, json: true })).join(''), (key, value) => {
        if (key !== '' && !/^\d+$/.test(key)) seen.add(key)
        return value
      })
      for (const field of seen) expect(given).toContain(field)
      if (asked.token !== undefined) expect([...given].sort()).toEqual([...seen].sort())
    }
  })

  test('JSON holds every weight as the run has it', async () => {
    const told = JSON.parse((await lines(0, { layer: 3, head: 1, json: true })).join(''))
    expect(told).toMatchObject({
      version: 1,
      command: 'read',
      kind: 'encoder',
      layer: 3,
      head: 1,
      rule: null,
      model: { layers: 6, heads: 12 },
    })
    const it = { index: 10, id: 2009, text: 'it', piece: 'it', start: 43, end: 45, special: false, word: 7 }
    expect(told.tokens[10]).toEqual({ ...it, hardlySeen: false })
    const exact = await recorded(0).attention(3, 1).tile(0, 16, 0, 16)
    expect(Float32Array.from(told.weights.flat())).toEqual(exact)
  })
})
