/** Tokenizers of every kind that people use, against the official implementation: ids, offsets, segments, and back to text. */

import fc from 'fast-check'
import { Tokenizer as Official } from 'tokenizers'
import { describe, expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts'
import { unitsOf } from './expected.ts'
import { recipes, torture } from './tokenizer-recipes.ts'

const character = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom(...'aAbcdeEimnorstuvxyz  \t\n.,-#<>/s0123\'`"▁Ġ'),
  fc.constantFrom(
    '\u0301',
    '\u0323',
    '\u200d',
    '\ufe0f',
    'İ',
    'ß',
    '中',
    '各',
    '각',
    '👩',
    '👍🏽',
    '<s>',
    '</s>',
    ' <mask> ',
    '<unk>',
    "'LL",
  ),
  fc.constantFrom('  ', '\r\n', '\u00a0', '\u3000', 'ﬀ', '½', 'é', '한', '漢', 'Foo', '<|end|>', '<0x41>', '\ufffd', 'e\u0301'),
  fc.integer({ min: 0x80, max: 0x33ff }).map((code) => String.fromCodePoint(code)),
)

describe.each(Object.keys(recipes))('%s', (name) => {
  const json = recipes[name]!()
  const ours = new Tokenizer(json)
  const official = Official.fromString(JSON.stringify(json))

  async function agree(text: string, pair?: string): Promise<void> {
    const expected = await official.encode(text, pair)
    const made = ours.encode(text, pair === undefined ? {} : { pair })
    const [ids, offsets, sequences] = [expected.getIds(), expected.getOffsets() as [number, number][], expected.getSequenceIds()]
    const units = [unitsOf(text), unitsOf(pair ?? '')]
    const golden = ids.map((id, n) => {
      const at = units[sequences[n] === 1 ? 1 : 0]!
      return [id, at[offsets[n]![0]], at[offsets[n]![1]]]
    })
    const got = made.tokens.map(({ id, start, end }) => [id, start, end])
    // Comparing as text first: `toEqual` takes seconds for the longest lists.
    if (JSON.stringify(got) !== JSON.stringify(golden)) expect(got).toEqual(golden)
    expect(made.typeIds).toEqual(expected.getTypeIds())
    expect(made.tokens.map((token) => Number(token.special))).toEqual(expected.getSpecialTokensMask())
    if (ids.length === 0) return
    for (const skipSpecial of [false, true]) {
      const decoded = ours.decode(ids, { skipSpecial })
      expect(decoded).toBe(await official.decode(ids, skipSpecial))
    }
  }

  it.each(Object.keys(torture))('ids, offsets and decoded text are the official ones: %s', (which) => agree(torture[which]!))

  it('pairs are the official ones', () => agree(torture['a sentence']!, torture['emoji with joiners']!))

  it('ids, offsets and decoded text are the official ones on random Unicode', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(character, { maxLength: 30 }), (characters) => agree(characters.join(''))),
      { numRuns: 300 },
    )
  })
})

describe('Long runs', () => {
  const RUNS = {
    'one letter': 'a'.repeat(300_000),
    'one emoji': '👍'.repeat(50_000),
    spaces: ' '.repeat(100_000),
    'marks out of order': `a${'\u0301\u0323'.repeat(20_000)}`,
  }

  it.each(['GPT-2', 'Llama 3', 'Llama 2', 'T5', 'XLM-R with bytes', 'Qwen 2'])(
    'take time in proportion to their length, and are cut as the official ones: %s',
    async (name) => {
      const json = recipes[name]!()
      const [ours, official] = [new Tokenizer(json), Official.fromString(JSON.stringify(json))]
      for (const text of Object.values(RUNS)) {
        const expected = (await official.encode(text)).getIds()
        expect(ours.encode(text).ids.join()).toBe(expected.join())
      }
    },
  )
})
