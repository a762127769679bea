/** Text as it is written: whole characters, no stop words, the same as decoding everything at the end. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { TextStream } from '../../src/model/generate/text.ts'
import { type GeneratedToken, type GenerateOptions, loadModel, type Model } from '../../src/model/index.ts'
import { decodeStream } from '../../src/model/tokenizer/decode-stream.ts'
import { startEngine } from '../support/engine.ts'
import { writeTinyGpt2 } from '../support/tiny-gpt2.ts'

beforeAll(startEngine)

describe('Text from a model with a tokenizer', () => {
  let model: Model
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'regard-gpt2-'))
    await writeTinyGpt2(folder)
    model = await loadModel(folder)
    return async () => {
      model.dispose()
      await rm(folder, { recursive: true })
    }
  })
  const write = async (options: GenerateOptions): Promise<GeneratedToken[]> => {
    const tokens: GeneratedToken[] = []
    for await (const token of model.generate('once upon a time', { seed: 4, maxNewTokens: 40, ...options })) tokens.push(token)
    return tokens
  }
  const textOf = (tokens: readonly GeneratedToken[]): string => tokens.map(({ text }) => text).join('')

  it('the texts of all tokens are what decoding the whole adds to the beginning', async () => {
    const before = model.tokenizer!.encode('once upon a time').ids
    const tokens = await write({})
    const whole = model.tokenizer!.decode([...before, ...tokens.map(({ id }) => id)])
    expect(model.tokenizer!.decode(before) + textOf(tokens)).toBe(whole)
  })

  it('a stop word ends the text before itself, and nothing else changes', async () => {
    const all = textOf(await write({}))
    const word = all.slice(12, 16)
    const tokens = await write({ stopWords: ['never said', word] })
    expect(textOf(tokens)).toBe(all.slice(0, all.indexOf(word)))
    expect(tokens.at(-1)!.end).toBe('stop')
  })

  it('the likeliest tokens carry what they would add to the text', async () => {
    const [token] = await write({ top: 3 })
    const before = model.tokenizer!.encode('once upon a time').ids
    const text = model.tokenizer!.decode(before)
    const adds = token!.top!.map(({ id }) => model.tokenizer!.decode([...before, id]).slice(text.length))
    expect(token!.top!.map(({ text }) => text)).toEqual(adds)
  })
})

describe('A stream of bytes as tokens', () => {
  const bytesOf = (ids: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(ids))
  const through = (text: string, stops: readonly string[]): { parts: string[]; stopped: boolean } => {
    const stream = new TextStream(decodeStream(bytesOf), stops, [])
    const parts: string[] = []
    for (const byte of new TextEncoder().encode(text)) {
      const { text: part, stopped } = stream.push(byte)
      parts.push(part)
      if (stopped) return { parts, stopped }
    }
    return { parts: [...parts, stream.rest()], stopped: false }
  }

  it('gives out whole characters alone, and all of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        const { parts } = through(text, [])
        expect(parts.join('')).toBe(text)
        for (const part of parts) expect(part.isWellFormed()).toBe(true)
      }),
    )
  })

  it('ends right before the first stop word, whatever it is made of', () => {
    const some = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 12 })
    const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(some, fc.array(stop, { maxLength: 3 }), (text, stops) => {
        const ends = stops.map((each) => [text.indexOf(each), each.length] as const).filter(([at]) => at >= 0)
        const { parts, stopped } = through(text, stops)
        expect(stopped).toBe(ends.length > 0)
        const soonest = Math.min(...ends.map(([at, length]) => at + length))
        const first = Math.min(...ends.filter(([at, length]) => at + length === soonest).map(([at]) => at))
        expect(parts.join('')).toBe(stopped ? text.slice(0, first) : text)
      }),
    )
  })
})
