import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { Tokenizer as Official } from 'tokenizers'
import { expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts'
import { describeShared } from '../support/shared.ts'
import { unitsOf } from './expected.ts'

describeShared('WordPiece of all-MiniLM-L6-v2, against the official tokenizers', 'models/all-MiniLM-L6-v2/', (folder) => {
  const text = readFileSync(new URL('tokenizer.json', folder), 'utf8')
  const ours = new Tokenizer(JSON.parse(text))
  const official = Official.fromString(text)
  official.disablePadding()
  official.disableTruncation()

  async function agree(text: string): Promise<void> {
    const expected = await official.encode(text)
    const [ids, tokens, offsets] = [expected.getIds(), expected.getTokens(), expected.getOffsets() as [number, number][]]
    const at = unitsOf(text)
    const made = ours.encode(text)
    const golden = ids.map((id, n) => [id, tokens[n], at[offsets[n]![0]], at[offsets[n]![1]]])
    const got = made.tokens.map(({ id, text, start, end }) => [id, text, start, end])
    // Comparing as text first: `toEqual` takes seconds for the longest lists.
    if (JSON.stringify(got) !== JSON.stringify(golden)) expect(got).toEqual(golden)
    expect(made.typeIds).toEqual(expected.getTypeIds())
    expect(made.tokens.map((token) => Number(token.special))).toEqual(expected.getSpecialTokensMask())
  }

  const torture: Record<string, string> = {
    'a sentence': "The animal didn't cross the street because it was too tired.",
    nothing: '',
    'white space only': ' \t\r\n\u00a0\u2003\u3000\u0085\u2028 ',
    accents: 'Ångström naïve façade Zoë Köln résumé e\u0301le\u0300ve',
    'a dotted capital I, whose lower case is longer': 'İstanbul DİYARBAKIR Iİıi',
    'a sharp s and ligatures': 'Straße STRASSE ﬁne ﬃ Ǆ ǅ ǆ ŉ',
    'Greek with a final sigma': 'ΟΔΥΣΣΕΥΣ Σίσυφος',
    Chinese: '我爱北京天安门 and漢字𠀀𪜀 mixed中文text',
    'Japanese and Korean': 'ひらがな カタカナ がぎぐ が 한국어 각',
    'right to left': 'שָׁלוֹם עולם السَّلامُ عليكم',
    'emoji with joiners': '👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇩🇪 ❤️ 1️⃣ \u{1f9d1}\u200d\u{1f680}',
    'marks in the wrong order': 'a\u0300\u0323 a\u0323\u0300 q\u0307\u0323 \u0344 a\u302e\u0323 \u1e9b\u0323',
    'control characters': 'a\u0000b\u0007c\u200bd\u200ee\ufefff\u00adg\u{e0001}h\ue000i\ufffdj',
    'lone surrogates': 'a\ud800b \udc00 c\udfff',
    punctuation: '¿Qué? “quotes” — dash…«guillemets» §5 $3.50 #tag @me a_b c`d ^x|y~z \u061d \u166d',
    'added tokens in the text': 'Paris is the [MASK] of France. [CLS][SEP] [mask] x[UNK]y [PAD]',
    'an accented added token': '[MÁSK] [MASK]\u0301',
    'a long run': 'a'.repeat(100),
    'one character too many': 'a'.repeat(101),
    'a hundred characters outside the first plane': '𝒳'.repeat(100),
    'unknown words': 'qzxqzxq ᚠᚢᚦᚨᚱᚲ ꙮ \u{1f600}x \u{10ffff}',
    numbers: '3.14159 ١٢٣ ⅷ ½ 10⁻³ 1,000,000',
    'marks that the old tables do not know': 'a\u1abf\u0300\u0323 \u{11938} \u{16121} \u1734x \u{1171e}y \u0890z',
    'html and code': '<p class="x">a&amp;b</p> for(i=0;i<10;i++){x[i]+=1;} https://example.org/?q=1#top',
  }
  for (const [name, text] of Object.entries(torture)) it(`ids and offsets are the same: ${name}`, () => agree(text))

  it('ids and offsets are the same on a long mixed text', () => agree(Object.values(torture).join(' ').repeat(20)))

  it('ids and offsets are the same on random Unicode', async () => {
    const character = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(...'aAeEiIoO \t.,-#[]MASK'),
      fc.constantFrom('\u0301', '\u0323', '\u200d', '\ufe0f', 'İ', 'ß', '中', '各', '각', '👩', '[MASK]', '[CLS]', '\u0345'),
      fc.integer({ min: 0x80, max: 0x33ff }).map((code) => String.fromCodePoint(code)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(character, { maxLength: 40 }), (characters) => agree(characters.join(''))),
      { numRuns: 3000 },
    )
  })

  // Of the code points that stand for nothing, one in 257.
  it('ids and offsets are the same for every character beside letters', async () => {
    const block: string[] = []
    for (let code = 1; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code)
      if (!/\p{Cn}|\p{Co}|\p{Cs}/u.test(character) || (code % 257 === 0 && !/\p{Cs}/u.test(character)))
        block.push(`a${character}b `)
      if (block.length === 4096 || code === 0x10ffff) await agree(block.splice(0).join(''))
    }
  })

  it('pairs carry their segment', async () => {
    const expected = await official.encode('How are you?', 'Fine — thanks')
    const made = ours.encode('How are you?', { pair: 'Fine — thanks' })
    expect(made.ids).toEqual(expected.getIds())
    expect(made.typeIds).toEqual(expected.getTypeIds())
    expect(made.tokens.map(({ start, end }) => [start, end])).toEqual(expected.getOffsets())
  })
})
