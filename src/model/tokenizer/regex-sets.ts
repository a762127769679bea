/**
 * Sets of characters as Oniguruma 6.9 sees them, written for JavaScript's `v` flag. Its tables are Unicode 16's; what Unicode 17
 * added is taken out, so that the answer does not depend on the engine.
 */

/** Every code point that Unicode 17 added. */
const ADDED =
  '88f c5c cdc 1acf-1add 1ae0-1aeb 20c1 2b96 a7ce-a7cf a7d2 a7d4 a7f1 fbc3-fbd2 fd90-fd91 fdc8-fdce 10940-10959 10ec5-10ec7 ' +
  '10ed0-10ed8 10efa-10efb 11b60-11b67 11db0-11ddb 11de0-11de9 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6 187f8-187ff 18d09-18d1e ' +
  '18d80-18df2 1ccfa-1ccfc 1ceba-1ced0 1cee0-1cef0 1e6c0-1e6de 1e6e0-1e6f5 1e6fe-1e6ff 1f6d8 1f777-1f77a 1f8d0-1f8d8 ' +
  '1fa54-1fa57 1fa8a 1fa8e 1fac8 1facd 1faea 1faef 1fbfa 2b73a-2b73f 2cea2-2cead 323b0-33479'
const ADDED_SET = ADDED.replace(/[0-9a-f]+/g, '\\u{$&}').replaceAll(' ', '')

const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xb2\\xb3\\xb9\\xbc-\\xbe]'

/** The lowercase U+0295 became a letter without case in Unicode 17. */
const SPECIAL: Record<string, string> = {
  '\\s': '\\p{White_Space}',
  '\\S': '\\P{White_Space}',
  '\\d': without('\\p{Nd}'),
  '\\D': `[^${without('\\p{Nd}')}]`,
  '\\w': without(WORD),
  '\\W': `[^${without(WORD)}]`,
  '\\h': '[0-9A-Fa-f]',
  '\\H': '[^0-9A-Fa-f]',
  '\\p{Ll}': without('[\\p{Ll}\\u{295}]'),
  '\\p{Lo}': without('[\\p{Lo}--\\u{295}]'),
  '\\p{C}': `[\\p{C}${ADDED_SET}]`,
  '\\p{Cn}': `[\\p{Cn}${ADDED_SET}]`,
}

const POSIX: Record<string, string> = {
  alpha: without('\\p{Alphabetic}'),
  digit: without('\\p{Nd}'),
  alnum: without('[\\p{Alphabetic}\\p{Nd}]'),
  space: '\\p{White_Space}',
  upper: without('\\p{Uppercase}'),
  lower: without('[\\p{Lowercase}\\u{295}]'),
  punct: without('[\\p{P}\\p{S}]'),
  xdigit: '[0-9A-Fa-f]',
  word: without(WORD),
}

/** What the Rust crate `regex` calls a word character. */
export const RUST_WORD = without('[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]')

const LONG_NAMES: Record<string, string> = {
  letter: 'L',
  mark: 'M',
  number: 'N',
  punctuation: 'P',
  symbol: 'S',
  separator: 'Z',
  other: 'C',
  uppercaseletter: 'Lu',
  lowercaseletter: 'Ll',
  titlecaseletter: 'Lt',
  modifierletter: 'Lm',
  otherletter: 'Lo',
  decimalnumber: 'Nd',
}
const CATEGORY = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfosn]?)$/
const SCRIPTS =
  'Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada ' +
  'Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala Tamil Telugu Thai Tibetan'

function without(source: string): string {
  return `[${source}--[${ADDED_SET}]]`
}

/** The set that an escape such as `\s` or `\p{Lu}` names; undefined if it is not known. Case, spaces and `_` of names do not count. */
export function escapeSet(written: string): string | undefined {
  if (Object.hasOwn(SPECIAL, written)) return SPECIAL[written]
  const name = /^\\p\{(?:(?:Script|sc|General_Category|gc)=)?(.*)\}$/.exec(written)?.[1]
  if (name === undefined) return undefined
  const plain = name.toLowerCase().replace(/[ _-]/g, '')
  const category = Object.hasOwn(LONG_NAMES, plain) ? LONG_NAMES[plain]! : plain.charAt(0).toUpperCase() + plain.slice(1)
  if (CATEGORY.test(category)) return SPECIAL[`\\p{${category}}`] ?? without(`\\p{${category}}`)
  const script = SCRIPTS.split(' ').find((each) => each.toLowerCase() === plain)
  if (script) return without(`\\p{Script=${script}}`)
  return posixSet(plain)
}

/** The set that `[:name:]` stands for. */
export function posixSet(name: string): string | undefined {
  return Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
}

/** A character; without regard to case, it and its other cases (ſ is an s, the Kelvin sign a k). */
export function characterSet(character: string, ignoreCase: boolean): string {
  const hex = (each: string): string => `\\u{${each.codePointAt(0)!.toString(16)}}`
  if (!ignoreCase) return hex(character)
  const same = new RegExp(`^${hex(character)}$`, 'iu')
  const others = [character.toLowerCase(), character.toUpperCase(), '\u017f', '\u212a', '\u212b', '\u1e9e', '\xdf'].filter((each) =>
    same.test(each),
  )
  return others.every((each) => each === character) ? hex(character) : `[${[...new Set([character, ...others])].map(hex).join('')}]`
}
