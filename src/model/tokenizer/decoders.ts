/** From tokens back to text: one function a type of tokenizer.json. */

import { check } from '../check.ts'
import { bytesOf } from './bytes.ts'
import { bpeDecoder, metaspace, replace, type Step, sequenceOf, stripDecoder, wordPieceDecoder } from './schema.ts'
import { type Builders, buildPattern, buildStep } from './steps.ts'

/** The result is joined without anything between. */
export type Decoder = (tokens: readonly string[]) => string[]

const BUILDERS: Builders<Decoder> = {
  BPEDecoder: (step, label) => {
    const { suffix } = check(bpeDecoder, step, `${label}: decoder`)
    return (tokens) => tokens.map((token, n) => token.replaceAll(suffix, () => (n === tokens.length - 1 ? '' : ' ')))
  },
  ByteFallback: () => byteFallback,
  ByteLevel: () => (tokens) => [utf8(tokens.flatMap((token) => [...bytesOf(token)]))],
  Fuse: () => (tokens) => [tokens.join('')],
  Metaspace: (step, label) => {
    const { replacement, prepend_scheme: scheme, add_prefix_space: spaced } = check(metaspace, step, `${label}: decoder`)
    const first = scheme === 'never' || spaced === false ? ' ' : ''
    return (tokens) => tokens.map((token, n) => token.replaceAll(replacement, n === 0 ? first : ' '))
  },
  Replace: (step, label) => {
    const { pattern, content } = check(replace, step, `${label}: decoder`)
    const find = buildPattern(pattern, `${label}: decoder`)
    return (tokens) => tokens.map((token) => replaced(token, token === '' ? [] : find(token), content))
  },
  Sequence: (step, label, depth) => {
    const steps = check(sequenceOf('decoders'), step, label).decoders.map((each) => buildDecoder(each, label, depth + 1))
    return (tokens) => steps.reduce((done: readonly string[], decode) => decode(done), tokens) as string[]
  },
  Strip: (step, label) => {
    const { content, start, stop } = check(stripDecoder, step, `${label}: decoder`)
    return (tokens) => tokens.map((token) => stripped([...token], content, start, stop))
  },
  WordPiece: (step, label) => {
    const { prefix, cleanup } = check(wordPieceDecoder, step, `${label}: decoder`)
    const join = (token: string, n: number): string => {
      if (n === 0) return token
      return token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`
    }
    return (tokens) => tokens.map((token, n) => (cleanup ? cleaned(join(token, n)) : join(token, n)))
  },
}

/** Throws one line for a type that Regard does not have. */
export function buildDecoder(step: Step, label: string, depth = 0): Decoder {
  return buildStep('decoder', BUILDERS, step, label, depth)
}

/** Bytes that are no UTF-8 become U+FFFD. */
function utf8(bytes: readonly number[]): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
}

const BYTE = /^<0x([0-9A-Fa-f]{2})>$/

/** Tokens such as <0xE4> that follow each other are the bytes of text; if they are not UTF-8, each becomes U+FFFD. */
function byteFallback(tokens: readonly string[]): string[] {
  const made: string[] = []
  let bytes: number[] = []
  const flush = (): void => {
    if (bytes.length > 0) made.push(...spelled(bytes))
    bytes = []
  }
  for (const token of tokens) {
    const byte = BYTE.exec(token)
    if (byte) bytes.push(Number.parseInt(byte[1]!, 16))
    else {
      flush()
      made.push(token)
    }
  }
  flush()
  return made
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function spelled(bytes: readonly number[]): string[] {
  try {
    return [strict.decode(Uint8Array.from(bytes))]
  } catch {
    return bytes.map(() => '\ufffd')
  }
}

function replaced(token: string, matches: readonly number[], content: string): string {
  let made = ''
  let done = 0
  for (let n = 0; n < matches.length; n += 2) {
    made += token.slice(done, matches[n]) + content
    done = matches[n + 1]!
  }
  return made + token.slice(done)
}

/** At most `start` times `content` off the front, `stop` times off the end. */
function stripped(characters: readonly string[], content: string, start: number, stop: number): string {
  let from = 0
  while (from < Math.min(start, characters.length) && characters[from] === content) from++
  let to = characters.length
  while (characters.length - to < stop && to > from && characters[to - 1] === content) to--
  return characters.slice(from, to).join('')
}

/** English, as it is written: no space before a full stop or inside don't. */
const CLEANUPS = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const

function cleaned(token: string): string {
  return CLEANUPS.reduce((done, [from, to]) => done.replaceAll(from, to), token)
}
