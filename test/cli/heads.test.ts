import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Console } from '../../src/cli/console.ts'
import { arcs } from '../../src/cli/heads/arcs.ts'
import { grid } from '../../src/cli/heads/grid.ts'
import { run } from '../../src/cli/program.ts'
import { paintFor } from '../../src/cli/terminal/paint.ts'
import type { Screen } from '../../src/cli/terminal/screen.ts'
import { widthOf } from '../../src/cli/terminal/width.ts'
import { TINY, writeTinyBert } from '../support/tiny-bert.ts'

const PLAIN: Screen = { columns: 80, rows: undefined, depth: 0, dark: undefined }
const folder = mkdtempSync(join(tmpdir(), 'regard-heads-'))
const model = join(folder, 'tiny')

beforeAll(() => writeTinyBert(model))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a command line prints. */
async function regard(args: readonly string[], screen: Partial<Screen> = {}, input = ''): Promise<string> {
  const printed: string[] = []
  const console: Console = {
    screen: { ...PLAIN, ...screen },
    print: (text) => void printed.push(text),
    write: (text) => void printed.push(text),
    progress: () => {},
    input: async () => input,
    ended: () => new Promise(() => {}),
  }
  await run([...args, '--model', model], console)
  return printed.join('\n')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is made of
const bare = (text: string) => text.replace(/\u001b\[[0-9;]*m/g, '')
const LONG = 'The animal slept in the street, it was tired. The big dog slept in the sun, the small dog was tired; it was wide.'

describe('regard heads', () => {
  test('says on how much it measured, and gives no label on too little text', async () => {
    const shown = await regard(['heads', 'the big animal slept'])
    expect(shown).toContain('3 layers × 4 heads · 1 text, 6 tokens')
    expect(shown.replace(/\s+/g, ' ')).toContain(
      'Too little text for labels: the looks of 4 tokens were measured, and a label needs 20.',
    )
    expect(shown).toMatch(/the token before +layer \d, head \d +[\d.]+ %/)
  })

  test('several texts count together; JSON has every figure and CSV a line for each head', async () => {
    const json = JSON.parse(await regard(['heads', LONG, 'the sun', '--json']))
    expect(json).toMatchObject({ version: 1, command: 'heads', texts: 2, layers: TINY.layers, headsPerLayer: TINY.heads })
    expect(json.heads).toHaveLength(TINY.layers * TINY.heads)
    expect(json.heads[0].apart.firstToken).toBeNull()
    const csv = (await regard(['heads', LONG, 'the sun', '--csv'])).split('\n')
    expect(csv[0]).toMatch(/^layer,head,left,entropy,.*,first_token,separators,entropy_apart,.*,labels$/)
    expect(csv).toHaveLength(1 + TINY.layers * TINY.heads)
    expect(Number(csv[1]!.split(',')[3])).toBeCloseTo(json.heads[0].all.entropy, 6)
  })

  test('the grid shows what was asked for, and the picture says so', async () => {
    const svg = join(folder, 'grid.svg')
    const shown = await regard(['heads', '-', '--measure', 'same-word', '--apart', '--svg', svg], {}, LONG)
    expect(shown.replace(/\s+/g, ' ')).toContain('per cent of the weight on other places of the same word, sinks taken out')
    expect(shown).toContain(`wrote ${svg}`)
    expect(readFileSync(svg, 'utf8')).toContain('1 text, ')
  })

  test('random tokens said twice are a line of their own', async () => {
    expect(await regard(['heads', 'the sun', '--induction'])).toMatch(/what followed \(2 × \d+ random\) +layer \d, head \d/)
  })
})

describe('regard find', () => {
  test('names the head that looks most, and lists the others by weight', async () => {
    const shown = await regard(['find', LONG, '--from', 'it', '--to', 'animal', '--top', '3'])
    expect(shown.replace(/\s+/g, ' ')).toMatch(
      /it looks at animal most in layer \d, head \d: [\d.<]+ %; even looks would give [\d.]+ %/,
    )
    const weights = shown.split('\n').flatMap((line) => /^ +\d +\d .* ([\d.]+) % /.exec(line)?.[1] ?? [])
    expect(weights.map(Number)).toEqual(weights.map(Number).toSorted((a, b) => b - a))
    expect(shown).toContain(`…${TINY.layers * TINY.heads - 3} more`)
  })

  test('a text without the words is left out and named; without any, it is one line', async () => {
    const shown = await regard(['find', LONG, 'the sun', '--from', 'it:2', '--to', 'dog'])
    expect(shown).toContain('Text 2 is left out: ')
    await expect(regard(['find', 'the sun', '--from', 'it', '--to', 'sun'])).rejects.toThrow(/^find: .*it/)
  })

  test('the heads nearest to one are listed by distance', async () => {
    const json = JSON.parse(await regard(['find', LONG, '--like', '1.2', '--json']))
    expect(json).toMatchObject({ command: 'find', sought: 'alike', like: [1, 2] })
    expect(json.heads).toHaveLength(TINY.layers * TINY.heads - 1)
    expect((await regard(['find', LONG, '--like', '1.2'])).replace(/\s+/g, ' ')).toMatch(
      /Nearest to layer 1, head 2 is layer \d, head \d/,
    )
    await expect(regard(['find', LONG, '--like', '7.0'])).rejects.toThrow('find: layer 7 does not exist')
  })

  test('what is sought must be said once', async () => {
    await expect(regard(['find', LONG, '--from', 'it'])).rejects.toThrow(
      'find takes --from WORD and --to WORD, or --like LAYER.HEAD',
    )
    await expect(regard(['find', LONG, '--from', 'it', '--to', 'dog', '--json', '--csv'])).rejects.toThrow('choose one of them')
  })
})

describe('regard profile', () => {
  test('the shares of a layer are all there is, beside what even looks would give', async () => {
    const json = JSON.parse(await regard(['profile', LONG, '--json', '--parts', '4']))
    expect(json.parts).toEqual(['part 1 of 4', 'part 2 of 4', 'part 3 of 4', 'part 4 of 4'])
    for (const { attention, chance } of json.layers)
      for (const shares of [attention, chance])
        expect(shares.parts.reduce((a: number, b: number) => a + b, shares.sinks)).toBeCloseTo(1, 5)
    const shown = await regard(['profile', LONG])
    expect(shown).toMatch(/layer +start +middle +end +sinks/)
    expect(shown.replace(/\s+/g, ' ')).toMatch(
      /Tokens give [\d.]+ % of their attention to sinks; [\d.]+ % of what is left goes to the \w+/,
    )
  })

  test('with --effect each part has its exact effect, on one text alone', async () => {
    const csv = (await regard(['profile', LONG, '--effect', '--csv'])).split('\n')
    expect(csv[0]).toMatch(/,start_effect,middle_effect,end_effect,sinks_effect$/)
    expect(
      csv[1]!
        .split(',')
        .slice(-4)
        .every((cell) => Number(cell) > 0),
    ).toBe(true)
    await expect(regard(['profile', LONG, LONG, '--effect'])).rejects.toThrow('--effect is measured on one text; give one')
  })
})

describe('regard graph', () => {
  test('draws the links of one head and says how much of the weight they hold', async () => {
    const shown = await regard(['graph', 'the big animal slept', '--layer', '1', '--head', '2', '--threshold', '0.05'])
    expect(shown.replace(/\s+/g, ' ')).toMatch(
      /\d+ edges of at least 5.0 % among 6 tokens, of 36 links with any weight; they hold [\d.]+ % of it/,
    )
    expect(shown).toContain('◄')
  })

  test('DOT, GraphML, JSON and CSV give the same edges', async () => {
    const args = ['graph', 'the big animal slept', '--layer', 'all', '--threshold', '0.2']
    const { edges } = JSON.parse(await regard([...args, '--json']))
    expect((await regard([...args, '--dot'])).match(/ -> /g)).toHaveLength(edges.length)
    expect((await regard([...args, '--graphml'])).match(/<edge /g)).toHaveLength(edges.length)
    expect((await regard([...args, '--csv'])).split('\n')).toHaveLength(edges.length + 1)
    await expect(regard([...args, '--dot', '--json'])).rejects.toThrow('--json and --dot: choose one of them')
  })
})

test.each([40, 80, 120])('nothing is wider than %i columns', async (columns) => {
  for (const args of [
    ['heads', LONG],
    ['find', LONG, '--from', 'it', '--to', 'dog'],
    ['profile', LONG],
    ['graph', LONG],
  ])
    for (const depth of [0, 24] as const) {
      const lines = bare(await regard(args, { columns, depth })).split('\n')
      expect(lines.filter((line) => widthOf(line) > columns)).toEqual([])
    }
})

describe('the grid', () => {
  const map = { layers: 2, heads: 3, values: [0, 0.25, 1, Number.NaN, 0.5, 0.04], full: 1, measure: 'shares' }
  const says = (value: number) => (100 * value).toFixed(0)
  const drawn = (screen: Partial<Screen>) => grid({ ...map, says }, { ...PLAIN, ...screen }, paintFor({ ...PLAIN, ...screen }))

  test('figures stand under their heads; what was not measured is a dash', () => {
    expect(drawn({})).toEqual([
      '  layer   0   1   2',
      '      0   0  25 100',
      '      1   –  50   4',
      '  rows: layers, columns: heads; shares',
    ])
  })

  test('where figures do not fit a head has one column', () => {
    expect(drawn({ columns: 14 }).slice(1, 3)).toEqual(['      0 ·29', '      1 –5·'])
  })

  test('more heads than columns go into blocks', () => {
    const wide = { layers: 1, heads: 30, values: new Array<number>(30).fill(0.5), full: 1, measure: 'shares', says }
    const lines = grid(wide, { ...PLAIN, columns: 20 }, paintFor(PLAIN))
    expect(lines.filter((line) => /5+$/.test(line)).map((line) => line.replace(/\D/g, '').length - 1)).toEqual([12, 12, 6])
    expect(lines.every((line) => widthOf(line) <= 20)).toBe(true)
  })
})

describe('arcs', () => {
  test('a link ends in an arrow at the token looked at; links that cross do so in the open', () => {
    const { lines, drawn } = arcs(
      ['a', 'b', 'c', 'd'],
      [
        { from: 2, to: 0 },
        { from: 1, to: 3 },
      ],
      PLAIN,
      paintFor(PLAIN),
    )
    expect(drawn).toBe(2)
    expect(lines).toEqual(['  a ◄─┐', '  b ──┼─┐', '  c ──┘ │', '  d ◄───┘'])
  })

  test('links that share no row share a lane, and links of a token to itself are none', () => {
    const links = [
      { from: 0, to: 1 },
      { from: 3, to: 2 },
      { from: 1, to: 1 },
    ]
    expect(arcs(['a', 'b', 'c', 'd'], links, PLAIN, paintFor(PLAIN)).lines).toEqual(['  a ──┐', '  b ◄─┘', '  c ◄─┐', '  d ──┘'])
  })

  test('where there is no room the weakest links are left out', () => {
    const links = Array.from({ length: 30 }, (_, n) => ({ from: 39 - n, to: n }))
    const { drawn, lines } = arcs(
      Array.from({ length: 40 }, (_, n) => `w${n}`),
      links,
      { ...PLAIN, columns: 40 },
      paintFor(PLAIN),
    )
    expect(drawn).toBe(15)
    expect(lines.every((line) => widthOf(line) <= 40)).toBe(true)
  })
})
