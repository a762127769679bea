/** Oniguruma's regular expressions, against Oniguruma itself inside the official tokenizers. */

import fc from 'fast-check'
import { Tokenizer as Official } from 'tokenizers'
import { describe, expect, it } from 'vitest'
import { regexPattern } from '../../src/model/tokenizer/regex.ts'
import { FILE, PATTERNS, torture } from './tokenizer-recipes.ts'

/** What a pattern matches, without the empty matches. */
function official(pattern: string): (text: string) => string[] {
  const pre_tokenizer = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true }
  const file = { ...FILE, pre_tokenizer, model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' } }
  const made = Official.fromString(JSON.stringify(file)).getPreTokenizer()!
  return (text) => (text === '' ? [] : made.preTokenizeString(text).map(([piece]) => piece))
}

function ours(pattern: string): (text: string) => string[] {
  const find = regexPattern(pattern)
  return (text) => {
    const found = find(text)
    return found.flatMap((start, n) => (n % 2 === 0 && found[n + 1]! > start ? [text.slice(start, found[n + 1])] : []))
  }
}

/** Every character of Unicode but NUL and surrogates; of those that come by the thousand, one in 97. */
function* everything(): Generator<string> {
  let block = ''
  for (let code = 1; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code)
    if (!/[\p{Cs}]/u.test(character) && (code % 97 === 0 || !/[\p{Cn}\p{Co}\p{Script=Han}\p{Script=Hangul}]/u.test(character)))
      block += character
    if (block.length > 4096 || code === 0x10ffff) {
      yield block
      block = ''
    }
  }
}

const EVERYTHING = [...everything()]

const SETS = [
  ...[
    '\\p{L}',
    '\\p{N}',
    '\\P{M}',
    '\\p{^P}',
    '\\p{S}',
    '\\p{Lu}',
    '\\p{Ll}',
    '\\p{Lt}',
    '\\p{Lm}',
    '\\p{Lo}',
    '\\p{Nd}',
    '\\p{Cn}',
    '\\p{C}',
  ],
  ...['\\s', '\\S', '\\d', '\\w', '\\W', '\\h', '\\p{Han}', '\\p{Hiragana}', '\\p{Letter}', '\\p{Arabic}'],
  ...[
    '[[:alpha:]]',
    '[[:alnum:]]',
    '[[:punct:]]',
    '[[:upper:]]',
    '[[:lower:]]',
    '[[:^space:]]',
    '[^\\s\\p{L}\\p{N}]',
    '[\\p{L}&&[^\\p{Han}]]',
  ],
  ...['(?i:s)', '(?i:k)', '(?i:[a-z])', '(?i)é', '.', '(?m:.)', '[一-龥぀-ゟ゠-ヿ]'],
]

describe('A set of characters holds what it holds in Oniguruma', () => {
  it.each(SETS)('%s', (set) => {
    const [theirs, found] = [official(set), ours(set)]
    for (const block of EVERYTHING) if (found(block).join() !== theirs(block).join()) expect(found(block)).toEqual(theirs(block))
  })
})

const SHAPES = [
  ...[
    'a{,2}b',
    'a{2}?b',
    'a{1,3}+',
    'a{2,3}?b',
    'a??b',
    'a?+ab',
    'a*+b',
    'a++b',
    '(?>a|ab)c?',
    '(?>a+)b',
    'a|ab',
    '(?:ab|a)(?:c|bc)?',
  ],
  ...['^a', 'a$', '^$', '\\Aa', 'a\\z', 'a\\Z', '\\ba', 'b\\B', '(?<=a)b', '(?<!a)b', 'a(?=b)', 'a(?!b)', 'a(?#comment)b'],
  ...[
    '(?i)AB|c',
    '(?i:a)b',
    'a(?i)b|c',
    '(?x) a b # c',
    '(a)(?<name>b)',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[-b]',
    '[a\\-c]',
    '[a&&b]',
    '[a-c&&[^b]]',
  ],
  ...['\\x61', '\\x{62}', '\\u0063', '\\n', '\\.', '\\|', '', 'a*', '|a', 'a||b', '\\s+(?!\\S)|\\s+', '{a', 'a{', 'a{,}', '\\-'],
]

describe('A pattern matches what it matches in Oniguruma', () => {
  it.each([...SHAPES, ...Object.values(PATTERNS)])('%s', (pattern) => {
    const [theirs, found] = [official(pattern), ours(pattern)]
    for (const text of Object.values(torture)) expect(found(text.toWellFormed())).toEqual(theirs(text))
    const character = fc.constantFrom(...'aaaabbbccABC \n\n.|-{,é#', 'ſ', '👍', '\r')
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
        expect(found(characters.join(''))).toEqual(theirs(characters.join('')))
      }),
      { numRuns: 200 },
    )
  })
})
