import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts'
import { recipes, torture } from './tokenizer-recipes.ts'

const gpt2 = new Tokenizer(recipes['GPT-2']!())

describe('A stream of tokens', () => {
  // 👍 is F0 9F 91 8D: GPT-2 writes it as two tokens, "ðŁĳ" and "į"; neither is a character.
  it('holds back a character until all its bytes have come', () => {
    const { ids } = gpt2.encode('a👍b')
    const stream = gpt2.decodeStream()
    expect(ids.length).toBe(4)
    expect(ids.map((id) => stream.push(id))).toEqual(['a', '', '👍', 'b'])
    expect(stream.end()).toBe('')
  })

  it('gives an unfinished character at the end as U+FFFD, and begins anew', () => {
    const stream = gpt2.decodeStream()
    expect(stream.push(gpt2.encode('👍').ids.slice(0, 1))).toBe('')
    expect(stream.end()).toBe('\ufffd')
    expect(stream.push(gpt2.encode('new').ids)).toBe('new')
  })

  it('leaves out special tokens if asked to', () => {
    const stream = gpt2.decodeStream({ skipSpecial: true })
    expect(stream.push([...gpt2.encode('a<|end|>b').ids])).toBe('ab')
  })

  it.each(['GPT-2', 'Llama 2', 'Gemma', 'XLM-R with bytes', 'T5', 'Mistral', 'RoBERTa'])(
    'adds up to the decoded text: %s',
    (name) => {
      const tokenizer = new Tokenizer(recipes[name]!())
      const text = fc.array(fc.constantFrom(...Object.values(torture)), { minLength: 1, maxLength: 3 })
      fc.assert(
        fc.property(text, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), (texts, sizes) => {
          const { ids } = tokenizer.encode(texts.join(' '))
          const stream = tokenizer.decodeStream()
          let made = ''
          for (let at = 0, n = 0; at < ids.length; at += sizes[n++ % sizes.length]!)
            made += stream.push(ids.slice(at, at + sizes[n % sizes.length]!))
          expect(made + stream.end()).toBe(tokenizer.decode(ids))
        }),
        { numRuns: 60 },
      )
    },
  )

  it('adds up to the decoded text of any tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50_300 }), { maxLength: 200 }), (ids) => {
        const stream = gpt2.decodeStream()
        expect(ids.map((id) => stream.push(id)).join('') + stream.end()).toBe(gpt2.decode(ids))
      }),
      { numRuns: 100 },
    )
  })
})

it('text survives a byte-level tokenizer unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(gpt2.decode(gpt2.encode(text).ids)).toBe(text)
    }),
  )
})

it('ids that the vocabulary does not have decode to nothing', () => {
  expect(gpt2.decode([64, 1e6, -1, 65])).toBe('ab')
})
