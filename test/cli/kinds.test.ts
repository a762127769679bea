/** The embedded translator on the command line: what is looked at while a date is written. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../../src/cli/program.ts'
import type { Screen } from '../../src/cli/terminal/screen.ts'
import { widthOf } from '../../src/cli/terminal/width.ts'
import { openTrace } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'

const SAID = 'the third of may twenty twenty one'
const folder = mkdtempSync(join(tmpdir(), 'regard-kinds-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function regard(args: readonly string[], model = 'translator', screen: Partial<Screen> = {}): Promise<string> {
  const printed: string[] = []
  await run([...args, '--model', model], {
    screen: { columns: 80, rows: undefined, depth: 0, dark: undefined, ...screen },
    print: (text: string) => printed.push(text),
    write: (text: string) => printed.push(text),
    progress: () => {},
    input: async () => '',
    ended: () => new Promise(() => {}),
  } as never)
  return printed.join('')
}

const plain = (text: string): string => text.replace(/\s+/g, ' ')
const json = async (...args: string[]) => JSON.parse(await regard([...args, '--json']))

describe('an encoder–decoder', () => {
  test('cutting the look that writes a month matters, and the text says what was written and how places are called', async () => {
    const shown = await regard(['cut', SAID, '--writing', '05', '--to', 'may'])
    for (const line of shown.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80)
    expect(plain(shown)).toMatch(
      /Writing 05, it looks at may: [\d.]+ % on average over all 8 heads\. Cutting that look mattered 0\.\d{4}/,
    )
    expect(plain(shown)).toContain('Written: “2021-05-03”, its own answer. Places are called by what the decoder reads there')
    const told = await json('cut', SAID, '--writing', '05', '--to', 'may')
    expect(told).toMatchObject({ kind: 'cross', written: '2021-05-03', from: [5, 6], link: { to: [3] } })
    expect(told.tokens).toHaveLength(7)
  })

  test('its encoder is looked at unless something else is asked for, and that is said', async () => {
    expect(plain(await regard(['cut', SAID, '--from', 'third']))).toContain('translator · its encoder · 2 layers × 4 heads · ')
    expect(await json('cut', SAID, '--from', 'third')).toMatchObject({ kind: 'encoder', from: [1] })
    expect(plain(await regard(['heads', SAID]))).toContain('--kind decoder and --kind cross look at what it writes in answer.')
  })

  test('read shows its encoder unless something else is asked for, says what it writes in answer, and how to see the rest', async () => {
    const shown = await regard(['read', SAID])
    expect(plain(shown)).toContain('translator · its encoder · 2 layers × 4 heads · ')
    expect(plain(shown)).toMatch(
      /Looked at: its encoder, which reads\. --kind decoder and --kind cross look at its answer, “2021-05-03”\.$/,
    )
    const start = (more: readonly string[]) => regard(['start', SAID, ...more])
    expect(plain(await start(['--once']))).toContain('its answer, “2021-05-03”.')
    expect(plain(await start(['--once', '--kind', 'cross']))).toContain('· cross-attention ·')
  })

  test('read has what is written on the left and what was read above, each named by its own tokens', async () => {
    const shown = await regard(['read', SAID, '--kind', 'cross'])
    for (const line of shown.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80)
    expect(shown).toContain('translator · cross-attention · ')
    const rows = shown.split('\n').filter((line) => line.includes(' → '))
    expect(rows.map((line) => line.trim().split(/\s+/)[0])).toEqual('[BEGIN] 2· ·0· ·2· ·1 - 0· ·5 - 0· ·3'.split(' '))
    for (const line of rows) expect(line).toMatch(/→ (the|third|of|may|twenty|one) +>?[\d.]+ %$/)
    expect(plain(shown)).toMatch(/\S+ looks at (third|of|may|one|twenty:[12]): >?[\d.]+ % in layer \d, head \d \(of 8 heads, /)
    expect(plain(shown)).toContain('Written: “2021-05-03”, its own answer. Places are called by what the decoder reads there')
  })

  test('read ranks what a word of the side that looks looked at, with the weights that the run has', async () => {
    const asked = ['read', SAID, '--kind', 'cross', '--token', '05', '--layer', '1', '--head', '1']
    const told = await json(...asked)
    expect(told).toMatchObject({ kind: 'cross', text: SAID, written: '2021-05-03', token: 7, model: { layers: 2, heads: 4 } })
    expect(told.tokens.map(({ text }: { text: string }) => text.trim())).toEqual(SAID.split(' '))
    expect(told.looking.map(({ text, start, end }: { text: string; start: number; end: number }) => [text, start, end])).toEqual([
      ['[BEGIN]', 0, 0],
      ...[...'2021-05-03'].map((letter, n) => [letter, n, n + 1]),
    ])
    using model = await loadModel('translator')
    using run = await model.run({ text: SAID, target: '2021-05-03' })
    expect(Float32Array.from(told.weights)).toEqual(await run.attention(1, 1, { kind: 'cross' }).row(7))
    const names = ['the', 'third', 'of', 'may', 'twenty:1', 'twenty:2', 'one']
    const most = names[told.weights.indexOf(Math.max(...told.weights))]!
    const shown = plain(await regard(asked))
    expect(shown).toContain(`·5 looks at ${most} most: `)
    expect(shown).toContain('05 is 2 tokens, 0· ·5: this is the last where it reads ·5, the decoder writes -:2')
    await expect(regard(['read', SAID, '--kind', 'cross', '--token', 'may'])).rejects.toThrow(
      '--token may: the text has no token "may"; it has [BEGIN] 2· ·0· ·2· ·1 -:1 0·:1 ·5',
    )
  })

  test('read gives every weight of both sides, and one list of tokens where a text looks at itself', async () => {
    const cross = await json('read', SAID, '--kind', 'cross', '--head', 'mean')
    expect([cross.weights.length, cross.weights[0].length, cross.rule]).toEqual([11, 7, null])
    const written = await json('read', SAID, '--target', '2021-04-03', '--kind', 'decoder')
    expect(written).toMatchObject({ kind: 'decoder', text: SAID, written: '2021-04-03' })
    expect([written.tokens.length, 'looking' in written]).toEqual([11, false])
    const read = await json('read', SAID)
    expect(read).toMatchObject({ kind: 'encoder', tokens: { length: 7 } })
    expect('written' in read).toBe(false)
    expect(await json('read', SAID, '--target', '2021-04-03')).toMatchObject({ kind: 'cross', written: '2021-04-03' })
  })

  test.each([0, 4, 8, 24] as const)(
    'read is never wider than the terminal where the sides differ, at %i bits of colour',
    async (depth) => {
      const long = `${SAID} ${SAID} ${SAID}`
      for (const columns of [20, 40, 80])
        for (const text of [SAID, long]) {
          const shown = await regard(['read', text, '--target', '2021-05-03'], 'translator', { columns, depth, rows: 24 })
          // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is made of
          for (const line of shown.replace(/\u001b\[[0-9;]*m/g, '').split('\n'))
            expect(widthOf(line), line).toBeLessThanOrEqual(columns)
        }
    },
  )

  test('read thins the side that does not fit, and that one alone', async () => {
    const long = Array.from({ length: 6 }, () => SAID).join(' ')
    const shown = plain(await regard(['read', long, '--target', '2021'], 'translator', { columns: 40 }))
    expect(shown).toMatch(/ · 42 tokens do not fit: a cell holds 1 × 2 weights and shows the largest/)
  })

  test('a target of one’s own is read in the place of its answer', async () => {
    const told = await json('find', SAID, '--from', '04', '--to', 'third', '--target', '2021-04-03')
    expect(told).toMatchObject({ kind: 'cross', places: [{ rows: [6, 7], columns: [1] }] })
  })

  test('heads leaves out what compares places of one text', async () => {
    const told = await json('heads', SAID, '--kind', 'cross')
    expect(told).toMatchObject({ kind: 'cross', measures: ['entropy', 'evenness', 'firstToken', 'separators'], rows: 11 })
    expect(told.heads[0].all).toMatchObject({ self: null, induction: null, previous: null, distance: null })
    await expect(regard(['heads', SAID, '--kind', 'cross', '--measure', 'self'])).rejects.toThrow(
      '--measure self: has no meaning for cross-attention',
    )
  })

  test('a graph has both texts, a profile the parts of the one that was read, a comparison the row that writes', async () => {
    const { nodes, edges } = await json('graph', SAID, '--kind', 'cross', '--layer', '1', '--head', 'mean')
    expect(nodes).toHaveLength(7 + 11)
    expect(edges[0].source).toMatch(/^d\d+$/)
    const { places, rows } = await json('profile', SAID, '--writing', '05')
    expect([rows, places[0].at(-1).last]).toEqual([2, 6])
    const compared = await json('compare', SAID, '--writing', '05', '--rows', 'one')
    expect(compared).toMatchObject({ kind: 'cross', rows: [6], answers: { rollout: { values: null }, flow: { values: null } } })
    expect(compared.looking).toHaveLength(11)
  })

  test('meaning and the logit lens look into what was written', async () => {
    expect(await json('meaning', SAID, '--kind', 'decoder')).toMatchObject({ kind: 'decoder', written: '2021-05-03', says: 'next' })
    expect(await json('meaning', SAID, '--kind', 'decoder', '--word', '2021')).toMatchObject({ texts: ['2021-05-03'] })
    await expect(regard(['meaning', SAID, '--kind', 'cross'])).rejects.toThrow('choose encoder or decoder')
  })

  test('a trace has what was written in it', async () => {
    const out = join(folder, 'date.safetensors')
    expect(plain(await regard(['trace', SAID, '--out', out]))).toContain('of 7 tokens, and of “2021-05-03” that it wrote,')
    using kept = await openTrace(out)
    expect(kept.textOf(0, { kind: 'decoder' })).toBe('2021-05-03')
    expect(kept.attention(1, 0, { kind: 'cross' })).toMatchObject({ rows: 11, cols: 7 })
  })

  test('under edits it writes something else: as JSON, or from a file of it', async () => {
    const edit = '{"cut":"edge","to":"may","kind":"cross"}'
    const file = join(folder, 'edits.json')
    writeFileSync(file, `[${edit}]`)
    expect(await regard(['generate', SAID])).toBe(`${SAID} → 2021-05-03\n`)
    const edited = await regard(['generate', SAID, '--edits', edit])
    expect(edited).toMatch(/→ 2021-(?!05)\d\d-03\n$/)
    expect(await regard(['generate', SAID, '--edits', file])).toBe(edited)
    expect(readFileSync(file, 'utf8')).toContain('cross')
    await expect(regard(['generate', SAID, '--edits', '{"cut":'])).rejects.toThrow('--edits: ')
    await expect(regard(['generate', SAID, '--edits', '{"cat":"edge"}'])).rejects.toThrow('says nothing to do')
    await expect(regard(['generate', SAID, '--edits', 'none.json'])).rejects.toThrow('there is no file "none.json"')
  })

  test('mistakes are one line that says what there is', async () => {
    await expect(regard(['cut', SAID, '--to', 'may'])).rejects.toThrow('who looks? Name the word with --from')
    await expect(regard(['cut', SAID, '--from', 'may', '--writing', '05'])).rejects.toThrow(
      '--from and --writing: choose one of them',
    )
    await expect(regard(['cut', SAID, '--writing', '07', '--to', 'may'])).rejects.toThrow(
      'the text has no "07"; it has [BEGIN] 2 0 2 1',
    )
    await expect(regard(['cut', 'A cat sat.', '--from', 'cat', '--kind', 'cross'], 'encoder')).rejects.toThrow(
      '--kind cross: encoder has the attention of its encoder alone; all three kinds are in an encoder–decoder such as --model translator',
    )
    await expect(regard(['read', 'A cat sat.', '--kind', 'cross'], 'encoder')).rejects.toThrow(
      '--kind cross: encoder has the attention of its encoder alone; all three kinds are in an encoder–decoder such as --model translator',
    )
    await expect(regard(['read', 'A cat sat.', '--target', 'x'], 'decoder')).rejects.toThrow(
      '--target: decoder writes nothing in answer to a text',
    )
    await expect(regard(['read', SAID, '--kind', 'encoder', '--target', '2021'])).rejects.toThrow(
      '--target: the encoder sees nothing of what is written; choose --kind decoder or cross',
    )
    await expect(regard(['find', 'A cat sat.', '--writing', 'cat', '--to', 'a'], 'encoder')).rejects.toThrow(
      '--writing: encoder writes nothing in answer to a text',
    )
    await expect(regard(['cut', SAID, '--from', 'may', '--layer', '2'])).rejects.toThrow(
      '--layer 2: translator has 2 layers, 0 to 1',
    )
  })
})
