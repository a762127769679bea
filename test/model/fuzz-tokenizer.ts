/**
 * Broken and hostile tokenizer.json files. `mutatedTokenizer` makes one from a stream of random numbers, `tryTokenizer` reads it
 * and uses it: whatever the file holds, the end is tokens or one line that says what is wrong.
 */

import { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts'
import { type Json, recipes } from './tokenizer-recipes.ts'

/** Numbers from 0 up to 1. */
export type Random = () => number

const SMALL = ['<unk>', '<s>', '</s>', 'a', 'b', 'c', 'ab', 'abc', '▁', '▁a', 'Ġ', 'Ġa', '##b', '<0x41>', '👍', 'é']

/** The same kinds of models with vocabularies that are quick to read. */
const MODELS: Record<string, Json> = {
  BPE: { vocab: Object.fromEntries(SMALL.map((piece, id) => [piece, id])), merges: ['a b', 'ab c', ['▁', 'a'], 'Ġ a'].map(asPair) },
  Unigram: { vocab: SMALL.map((piece, id) => [piece, -id]) },
  WordLevel: { vocab: Object.fromEntries(SMALL.map((piece, id) => [piece, id])), unk_token: '<unk>' },
}

function asPair(merge: string | string[]): string[] {
  return typeof merge === 'string' ? merge.split(' ') : merge
}

let seeds: string[] | undefined

function seedFiles(): string[] {
  seeds ??= Object.values(recipes).map((make) => {
    const file = make() as { model: Json }
    const type = String(file.model.type ?? 'BPE')
    return JSON.stringify({ ...file, model: { ...file.model, ...MODELS[type] } })
  })
  return seeds
}

const PATTERNS = [
  '(a+)+b',
  '(a|a)*b',
  'a*a*a*a*b',
  '(?:a?){50}a{50}',
  '(\\w+\\s?)+$',
  '\\s*\\w*\\s*\\w*!',
  '.*.*=.*',
  '(?=a*)a',
  'a++b',
  'a*b',
  '[',
  '[]',
  '[z-a]',
  '[a-\\s]',
  '(',
  ')',
  'a**',
  '{3}',
  'a{99999}',
  '(?:a{999}){999}',
  '(?i:\\p{Lu})',
  '\\p{Nonsense}',
  '\\1',
  '(?<n>a)\\k<n>',
  '(?R)',
  '\\x{110000}',
  '\\ud800',
  '',
  '^',
  '$|a',
  '(?m:.)\\A\\b',
  '['.repeat(200),
  '('.repeat(2000),
  'a|'.repeat(4000),
  '(?:a|b)'.repeat(40),
  '\\p{L}{1000}\\p{L}{1000}',
]
const TYPES = [
  'BPE',
  'Unigram',
  'Sequence',
  'Split',
  'Replace',
  'Precompiled',
  'Metaspace',
  'ByteLevel',
  'CTC',
  'Strip',
  'NFKC',
  '__proto__',
  'toString',
  '',
]
const NUMBERS = [0, -1, 0.5, 1, 2, 255, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308, -1e-300]
const TEXTS = [
  '',
  ' ',
  'a',
  '▁',
  '\ud800',
  '\0',
  '<0x41>',
  'a b c',
  '__proto__',
  'constructor',
  '\u0301',
  '👍',
  'AAAA',
  '/////w==',
  'x'.repeat(100_000),
]

/** A file with some of its parts exchanged, dropped, doubled, nested in themselves or made extreme. */
export function mutatedTokenizer(random: Random): unknown {
  const files = seedFiles()
  const file = JSON.parse(pick(files, random)) as Json
  for (let left = 1 + Math.floor(3 * random() ** 2); left > 0; left--) mutate(file, random)
  return file
}

/** A place in the file: what holds it, and under which name. */
interface Place {
  readonly holder: Record<string, unknown>
  readonly key: string
}

function mutate(file: Json, random: Random): void {
  const places: Place[] = []
  gather(file, places)
  if (places.length === 0) return
  const { holder, key } = pick(places, random)
  const changes: (() => unknown)[] = [
    () => pick([null, true, false, [], {}, [[]], { type: 'Sequence' }], random),
    () => pick(NUMBERS, random),
    () => pick(TEXTS, random),
    () => ({ Regex: pick(PATTERNS, random) }),
    () => ({ type: 'Split', pattern: { Regex: pick(PATTERNS, random) }, behavior: 'Isolated', invert: random() < 0.5 }),
    () => structuredClone(pick(places, random).holder),
    () => nested(holder[key], random),
    () => bomb(random),
    () => (typeof holder[key] === 'string' ? garbled(holder[key], random) : pick(TYPES, random)),
    () => (typeof holder[key] === 'number' ? holder[key] + pick([-1, 1, 0.1, 1e6], random) : [holder[key], holder[key]]),
  ]
  if (random() < 0.15) delete holder[key]
  else if (key === 'type' && random() < 0.7) holder[key] = pick(TYPES, random)
  else holder[key] = pick(changes, random)()
}

function gather(value: unknown, places: Place[]): void {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    const holder = value as Record<string, unknown>
    places.push({ holder, key })
    gather(holder[key], places)
  }
}

/** Steps within steps within steps. */
function nested(value: unknown, random: Random): unknown {
  const list = pick(['normalizers', 'pretokenizers', 'processors', 'decoders'], random)
  let made = value
  for (let depth = Math.floor(200 * random()); depth > 0; depth--) made = { type: 'Sequence', [list]: [made] }
  return made
}

/** Each step doubles the text. */
function bomb(random: Random): unknown {
  const step = { type: 'Replace', pattern: pick([{ String: 'a' }, { Regex: '' }, { Regex: '.' }], random), content: 'aa' }
  return { type: 'Sequence', normalizers: Array.from({ length: 60 }, () => step), decoders: [], pretokenizers: [], processors: [] }
}

function garbled(text: string, random: Random): string {
  const at = Math.floor(text.length * random())
  const code = Math.floor(0x3000 * random() * random())
  return (
    text.slice(0, at) +
    pick(['', String.fromCharCode(code), '(', '*', '{2,}', '\\'], random) +
    text.slice(at + Math.floor(3 * random()))
  )
}

function pick<Item>(list: readonly Item[], random: Random): Item {
  return list[Math.floor(list.length * random())]!
}

/** What a hostile file meets: few characters, so that honest work is quick. */
const INPUTS = ['', 'ab abc', ' a\u0301👍\ud800 <s>x</s>\n\n é', 'a'.repeat(400), `${'a '.repeat(100)}!`]

/** Reads the file and uses it. Throws if that ends in anything else than tokens or one line from Regard. */
export function tryTokenizer(json: unknown): 'used' | 'refused' {
  try {
    const made = new Tokenizer(json)
    for (const text of INPUTS) {
      const { ids } = made.encode(text, { pair: 'ab' })
      made.decode(ids, { skipSpecial: true })
    }
    made.decode([0, 1, 2, 13, 99, 2 ** 40])
    return 'used'
  } catch (error) {
    const clear = error instanceof Error && error.constructor === Error && /^tokenizer(\.json)?: [^\n]{3,400}$/.test(error.message)
    if (!clear) throw error
    return 'refused'
  }
}
