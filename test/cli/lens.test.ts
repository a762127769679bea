/** The commands that measure, with a tiny encoder: what they print, for people and for programs. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/cli/program.ts'
import { widthOf } from '../../src/cli/terminal/width.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'
import { writeTinyGpt2 } from '../support/tiny-gpt2.ts'

const folder = mkdtempSync(join(tmpdir(), 'regard-lens-'))
const model = join(folder, 'tiny')
const writer = join(folder, 'writer')
beforeAll(async () => {
  await writeTinyBert(model)
  await writeTinyGpt2(writer)
})
afterAll(() => rmSync(folder, { recursive: true }))

async function regard(args: readonly string[], { columns = 90, depth = 0, input = '' } = {}): Promise<string> {
  const printed: string[] = []
  await run(args, {
    screen: { columns, rows: undefined, depth, dark: undefined },
    print: (text: string) => printed.push(text),
    write: () => {},
    progress: () => {},
    input: async () => input,
    ended: () => new Promise(() => {}),
  } as never)
  return printed.join('\n')
}

/** Cells of a table of comma-separated values. */
const cells = (csv: string) => csv.split('\n').map((line) => line.split(','))
const BANKS = ['the dog slept in the sun', 'the sun was big']

describe('regard meaning', () => {
  const args = ['meaning', ...BANKS, '--word', 'sun', '--model', model]

  test('says what it measured, on how many texts, and what the numbers are', async () => {
    const text = await regard(args)
    expect(text).toMatch(
      /^tiny · 3 layers × 4 heads · wasm.* · 2 texts\n\nsun stands in 2 places\. After the last layer two of them have/,
    )
    expect(text).toMatch(/ 1 {2}the dog slept in the sun +nearest: 2, /)
    expect(text).toMatch(/the embeddings .*\n.*layer 0 .*\n.*layer 1 .*\n.*layer 2 /)
  })

  test('JSON has every cosine, CSV a line for every two places of every layer; they agree', async () => {
    const told = JSON.parse(await regard([...args, '--json']))
    expect(told).toMatchObject({ version: 1, command: 'meaning', word: 'sun', texts: BANKS })
    expect(told.occurrences).toEqual([
      { text: 0, nth: 0, tokens: [6], start: 21, end: 24 },
      { text: 1, nth: 0, tokens: [2], start: 4, end: 7 },
    ])
    expect(told.states.map(({ state }: { state: number }) => state)).toEqual([0, 1, 2, 3])
    const [titles, ...rows] = cells(await regard([...args, '--csv']))
    expect(titles).toEqual(['state', 'first', 'first_text', 'second', 'second_text', 'cosine', 'mean_cosine_of_different_words'])
    expect(rows.map((row) => Number(row[5]))).toEqual(told.states.map(({ cosine }: { cosine: number[][] }) => cosine[0]![1]))
  })

  test('standard input is a text on each line', async () => {
    const told = JSON.parse(
      await regard(['meaning', '-', '--word', 'sun', '--model', model, '--json'], { input: `${BANKS.join('\n')}\n` }),
    )
    expect(told.texts).toEqual(BANKS)
  })

  test('a text without the word, a layer too many and two formats at once are one line each', async () => {
    await expect(regard(['meaning', 'the dog', ...BANKS, '--word', 'sun', '--model', model])).rejects.toThrow(
      '--word: text 1 has no word "sun"; it has the dog',
    )
    await expect(regard([...args, '--layer', '3'])).rejects.toThrow('--layer 3: tiny has 3 layers, 0 to 2')
    await expect(regard([...args, '--json', '--csv'])).rejects.toThrow('--json and --csv: choose one of them')
  })
})

describe('regard meaning without a word', () => {
  test('tells how alike tokens become; an encoder without a head says no words', async () => {
    const text = (await regard(['meaning', BANKS[0]!, '--model', model])).replace(/\s+/g, ' ')
    expect(text).toMatch(
      /Two tokens have a cosine of −?[\d.]+ on average as they come in, −?[\d.]+ after the last layer\. tiny has no head/,
    )
    const told = JSON.parse(await regard(['meaning', BANKS[0]!, '--model', model, '--json']))
    expect(told.states).toHaveLength(4)
    await expect(regard(['meaning', ...BANKS, '--model', model])).rejects.toThrow(
      'several texts are compared by a word; name it with --word',
    )
  })

  test('a decoder tells what it would say after each layer, and from which on it does', async () => {
    const told = JSON.parse(await regard(['meaning', 'once upon a time', '--model', writer, '--json']))
    const last = told.states.at(-1)
    expect(last).toMatchObject({ place: 3, divergence: 0, final: { rank: 0 } })
    const text = await regard(['meaning', 'once upon a time', '--model', writer])
    expect(text.replace(/\s+/g, ' ')).toContain(`What comes after time: ${JSON.stringify(last.top[0].text)}`)
    const [, ...rows] = cells(await regard(['meaning', 'once upon a time', '--model', writer, '--csv']))
    expect(rows.map((row) => row[4])).toEqual(told.states.map(({ top }: { top: { text: string }[] }) => top[0]!.text))
  })
})

describe('regard compare', () => {
  const args = ['compare', 'the animal was too tired', '--token', 'animal', '--model', model]

  test('the tokens stand by their effect, and the last lines say how well each answer foresaw that order', async () => {
    const told = JSON.parse(await regard([...args, '--rows', 'one', '--json']))
    expect(told.rows).toEqual([2])
    const order = told.tokens
      .map((token: string, at: number) => [token, Math.abs(told.effects[0][at])] as const)
      .sort((a: [string, number], b: [string, number]) => b[1] - a[1])
      .map(([token]: [string]) => token)
    const text = await regard([...args, '--rows', 'one'])
    const lines = text.split('\n').filter((line) => /^ {2}\S+ +(−?[\d.]+|−?<0\.0001) /.test(line))
    expect(lines.map((line) => line.trim().split(/ +/)[0])).toEqual(order)
    expect(text).toContain('order, animal')
    expect(text.replace(/\s+/g, ' ')).toContain(
      '1 − cosine of the last hidden vector of "animal" (token 2), when the link is cut in all 12 heads',
    )
  })

  test('all rows of a short text are compared unless one is asked for', async () => {
    const short = ['compare', 'big dog', '--token', 'dog', '--model', model]
    const told = JSON.parse(await regard([...short, '--json']))
    expect(told.rows).toEqual([2, 0, 1, 3])
    expect(told.answers.weight.counted).toBe(4)
    const [titles, ...rows] = cells(await regard([...short, '--csv']))
    expect(titles).toEqual([
      'row',
      'token',
      'row_text',
      'token_text',
      'effect',
      'weight',
      'norm',
      'rollout',
      'flow',
      'gradient',
      'zeroing',
    ])
    expect(rows).toHaveLength(16)
    expect(Number(rows[0]![5])).toBe(told.answers.weight.values[0][0])
  })

  test('weights have the colour of looking, effects the colour of mattering', async () => {
    const text = await regard([...args, '--rows', 'one'], { depth: 24 })
    const row = text.split('\n').find((line) => line.includes('m[CLS]'))!
    expect(row).toMatch(/38;2;201;106;29m *−?[\d<.]+.*38;2;115;122;230m *[\d<.]+ %/)
  })

  test('one head: what runs through all layers says that it was not computed', async () => {
    const text = (await regard([...args, '--rows', 'one', '--layer', '1', '--head', '0'])).replace(/\s+/g, ' ')
    expect(text).toContain('rollout: not computed: it runs through all layers')
    await expect(regard([...args, '--head', '0'])).rejects.toThrow('--head 0: of which layer? Name it with --layer')
  })
})

describe('regard cost', () => {
  const args = ['cost', '--lengths', '64,128,256', '--window', '17']

  test('times every pattern at every length, counts links, and says how far apart positions are', async () => {
    const told = JSON.parse(await regard([...args, '--json']))
    expect(told.series.map(({ pattern }: { pattern: string }) => pattern)).toEqual([
      'dense',
      'causal',
      'window 17',
      'sparse (blocks of 64)',
    ])
    expect(told.series[1].points.map(({ links }: { links: number }) => links)).toEqual([
      (64 * 65) / 2,
      (128 * 129) / 2,
      (256 * 257) / 2,
    ])
    expect(told.reaches.map(({ length }: { length: number }) => length)).toEqual([1, 1, 8, expect.any(Number), 128])
    const text = await regard(args)
    expect(text).toMatch(/dense +[\d.]+ m?s +[\d.]+ m?s +[\d.]+ m?s +−?[\d.]+ +[\d.]+/)
    expect(text).toMatch(/recurrent +— .* 128 steps/)
  })

  test('with a text it says what windows cost in quality, with and without the first token', async () => {
    const text = 'the animal didn t cross the street'
    const told = JSON.parse(await regard(['cost', '--text', text, '--model', model, '--json']))
    expect(told).toMatchObject({ tokens: 9, loss: null })
    expect(told.rows.map(({ pattern }: { pattern: string }) => pattern)).toEqual([
      'window 3',
      'window 3 + first',
      'window 5',
      'window 5 + first',
    ])
    expect((await regard(['cost', '--text', text, '--model', model])).replace(/\s+/g, ' ')).toContain(
      'A window of oneself and one key to each side leaves',
    )
  })

  test('lengths that are none are refused', async () => {
    await expect(regard(['cost', '--lengths', '0'])).rejects.toThrow('It must be whole numbers from 1, as in 512,1024')
  })
})

test('pictures are saved beside what is printed, and the lines say so', async () => {
  const [svg, png] = [join(folder, 'map.svg'), join(folder, 'row.png')]
  expect(await regard(['meaning', ...BANKS, '--word', 'sun', '--model', model, '--svg', svg])).toContain(`wrote ${svg}`)
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*sun in 2 places, after layer 2 of tiny/)
  expect(await regard(['compare', 'the big dog', '--rows', 'one', '--model', model, '--png', png])).toContain(`wrote ${png}`)
  expect([...readFileSync(png).subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)))
})

test.each([40, 60, 80, 200])('nothing is wider than %i columns', async (columns) => {
  for (const args of [
    ['meaning', ...BANKS, BANKS[0]!, '--word', 'sun', '--model', model],
    ['compare', 'the animal was too tired', '--rows', 'one', '--model', model],
    ['meaning', 'once upon a time', '--model', writer],
    ['cost', '--lengths', '64,128'],
    ['cost', '--text', BANKS[0]!, '--model', model],
  ])
    for (const line of (await regard(args, { columns })).split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
})
