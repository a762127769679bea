/** `regard cut` with tiny models: what it prints, for people and for programs. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/cli/program.ts'
import { widthOf } from '../../src/cli/terminal/width.ts'
import { effect } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'
import { writeTinyGpt2 } from '../support/tiny-gpt2.ts'

const folder = mkdtempSync(join(tmpdir(), 'regard-cut-'))
const model = join(folder, 'tiny')
const writer = join(folder, 'writer')
beforeAll(async () => {
  await writeTinyBert(model)
  await writeTinyGpt2(writer)
})
afterAll(() => rmSync(folder, { recursive: true }))

async function regard(args: readonly string[], columns = 90): Promise<string> {
  const printed: string[] = []
  await run(args, {
    screen: { columns, rows: undefined, depth: 0, dark: undefined },
    print: (text: string) => printed.push(text),
    write: () => {},
    progress: () => {},
    input: async () => '',
    ended: () => new Promise(() => {}),
  } as never)
  return printed.join('\n')
}

const TEXT = 'the animal was too tired'
const cut = ['cut', TEXT, '--from', 'was', '--model', model]
const told = async (...more: string[]) => JSON.parse(await regard([...cut, ...more, '--json']))

describe('regard cut', () => {
  test('says the weight and the worth of a link, of each token’s, and of the link in each head', async () => {
    const text = await regard([...cut, '--to', 'animal'])
    expect(text).toMatch(
      /^tiny · 3 layers × 4 heads · wasm.* · 7 tokens\n\nwas looks at animal: [\d.]+ % on average over all 12 heads\. Cutting that look mattered\s0\.\d{4}\n/,
    )
    expect(text).toMatch(/\n +animal ← +[█▉▊▋▌▍▎▏]+ +[\d.]+ % +[█▉▊▋▌▍▎▏]+ +0\.\d{4}\n/)
    expect(text.match(/layer \d, head \d/g)).toHaveLength(12)
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Mattered: 1 − cosine of the last hidden vector of "was" (token 3); exact, each by running the model again without the look. Cut in all 12 heads, before the softmax; looked: the mean over them.',
    )
  })

  test('its numbers are those of `effect`', async () => {
    const { link, tokens, measure } = await told('--to', 'animal', '--how', 'after')
    using loaded = await loadModel(model)
    const whole = await effect(loaded, TEXT, { cut: 'edge', from: 'was', to: 'animal', how: 'after' })
    expect(link.effect).toBeCloseTo(whole.effect, 6)
    expect(measure).toBe(whole.measure)
    const row = await effect(loaded, TEXT, { row: 3, how: 'after' })
    for (const [n, { effect: value, weight }] of row.tokens.entries()) {
      expect(tokens[n].effect).toBeCloseTo(value, 6)
      expect(tokens[n].weight).toBeCloseTo(weight, 6)
    }
    expect(link.weight).toBeCloseTo(row.tokens[2]!.weight, 6)
    const third = link.heads.find((each: { layer: number; head: number }) => each.layer === 2 && each.head === 1)
    const alone = await effect(loaded, TEXT, { cut: 'edge', from: 'was', to: 'animal', layer: 2, head: 1, how: 'after' })
    expect(third.effect).toBeCloseTo(alone.effect, 6)
  })

  test('one head of one layer; a line for each token or head as comma-separated values', async () => {
    const text = await regard([...cut, '--to', 'animal', '--layer', '2', '--head', '1'])
    expect(text).toMatch(/was looks at animal: [\d.]+ % in layer 2, head 1\. Cutting that look mattered/)
    expect(text).not.toContain('in one head alone')
    const heads = (await regard([...cut, '--to', 'animal', '--layer', '2', '--csv'])).split('\n')
    expect(heads[0]).toBe('layer,head,weight,effect')
    expect(heads.slice(1).map((line) => line.slice(0, 4))).toEqual(['2,0,', '2,1,', '2,2,', '2,3,'])
    const tokens = (await regard([...cut, '--csv'])).split('\n')
    expect(tokens[0]).toBe('token,text,weight,effect')
    expect(tokens).toHaveLength(8)
  })

  test('without a word that is looked at: which look mattered most', async () => {
    expect((await regard(cut)).replace(/\s+/g, ' ')).toMatch(
      /To was, its look at \S+ mattered most: 0\.\d{4} in all 12 heads; it looks at \S+ most, [\d.]+ %/,
    )
  })

  test('scores of words, before and after, of a model that writes', async () => {
    const args = ['cut', 'once upon a time', '--from', 'time', '--to', 'upon', '--model', writer]
    const text = (await regard([...args, '--measure', 'logit:sea'])).replace(/\s+/g, ' ')
    expect(text).toMatch(/Cutting that look mattered −?(<0\.0001|[\d.]+) \(from −?[\d.]+ to −?[\d.]+\)/)
    expect(text).toContain('Mattered: logit of "sea", at "time" (token 3);')
    expect(JSON.parse(await regard([...args, '--measure', 'kl', '--json'])).measure).toContain('KL from the unedited distribution')
  })

  test('no line is wider than the terminal', async () => {
    for (const columns of [60, 80, 120])
      for (const line of (await regard([...cut, '--to', 'animal'], columns)).split('\n'))
        expect(widthOf(line)).toBeLessThanOrEqual(columns)
  })

  test('pictures: heads as a grid, tokens as bars', async () => {
    const [grid, rows] = [join(folder, 'heads.svg'), join(folder, 'row.svg')]
    expect(await regard([...cut, '--to', 'animal', '--svg', grid])).toContain(`wrote ${grid}`)
    await regard([...cut, '--svg', rows])
    expect(readFileSync(grid, 'utf8')).toContain('is worth in each head alone')
    expect(readFileSync(rows, 'utf8')).toContain('what each look of was is worth in all 12 heads')
  })

  test('what is not there is said in one line', async () => {
    const without = ['cut', TEXT, '--model', model]
    await expect(regard([...without, '--from', 'it'])).rejects.toThrow(/^the text has no "it"; it has \[CLS\] the animal/)
    await expect(regard([...cut, '--to', 'street'])).rejects.toThrow(/^the text has no "street"/)
    await expect(regard([...cut, '--layer', '3'])).rejects.toThrow('--layer 3: tiny has 3 layers, 0 to 2')
    await expect(regard([...cut, '--measure', 'worth'])).rejects.toThrow('--measure is cosine, embedding, kl, logit:WORD')
    await expect(regard([...cut, '--measure', 'embedding', '--at', 'was'])).rejects.toThrow('takes no --at')
    await expect(regard([...cut, '--measure', 'logit:animal'])).rejects.toThrow(/^BertModel has no head that scores words/)
    await expect(regard(without)).rejects.toThrow('who looks? Name the word with --from')
  })
})
