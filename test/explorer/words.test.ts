import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Token } from '../../explorer/src/engine/protocol.ts'
import type { Reading } from '../../explorer/src/engine/questions/read.ts'
import { marks } from '../../explorer/src/read/marks.ts'
import { Ramp } from '../../explorer/src/state/colour.ts'
import { formatFragment, parseFragment, VIEWS } from '../../explorer/src/state/fragment.ts'
import { shortPicture } from '../../explorer/src/state/picture.ts'
import { strings } from '../../explorer/src/strings.ts'
import { aligned } from '../../explorer/src/words/align.ts'
import { carry, editBetween } from '../../explorer/src/words/edit.ts'
import { hardlyWords } from '../../explorer/src/words/hardly.ts'
import { brief, exact } from '../../explorer/src/words/numbers.ts'
import { asText, statement } from '../../explorer/src/words/statement.ts'
import { follow, labelOf, occurrences, segments } from '../../explorer/src/words/tokens.ts'

/** Tokens of words and punctuation, between two marks, as BERT's tokenizer would give them. */
function tokensOf(text: string): Token[] {
  const words = [...text.matchAll(/\w+|[^\w\s]/g)].map((match) => ({
    id: 7,
    text: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
    special: false,
  }))
  const mark = (name: string, at: number): Token => ({ id: 1, text: name, start: at, end: at, special: true })
  return [mark('[CLS]', 0), ...words, mark('[SEP]', text.length)]
}

/** A reading of one layer with one head whose row `token` is `row`; the mean is the head itself. */
function readingOf(text: string, token: number, row: readonly number[]): Reading {
  const tokens = tokensOf(text)
  const matrix = new Float32Array(tokens.length ** 2)
  matrix.set(row, token * tokens.length)
  const weights = Float32Array.from([...matrix, ...matrix])
  return { run: 1, text, tokens, layers: 1, heads: 1, milliseconds: 1, weights, hardly: [] }
}

function said(text: string, token: number, row: readonly number[], column?: number, head: number | 'mean' = 0): string {
  return asText(statement(shortPicture(readingOf(text, token, row), { layer: 0, head, token, column }))).replaceAll('\u00a0', ' ')
}

describe('the edit between two texts', () => {
  it('turns the first into the second', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const { start, before: b, after: a } = editBetween(before, after)
        expect(before.slice(0, start) + after.slice(start, a) + before.slice(b)).toBe(after)
      }),
    )
  })

  it('carries every span that it does not touch to the same letters', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), fc.nat(), (before, after, x, y) => {
        const [start, end] = [x % (before.length + 1), y % (before.length + 1)].sort((a, b) => a - b) as [number, number]
        const moved = carry({ start, end }, editBetween(before, after))
        if (moved) expect(after.slice(moved.start, moved.end)).toBe(before.slice(start, end))
      }),
    )
  })

  it('moves a word behind it and leaves a word before it', () => {
    // "a big dog" → "a dog": [2, 6) is cut; "a" stays at 0, "dog" moves from 6 to 2.
    const edit = editBetween('a big dog', 'a dog')
    expect(carry({ start: 0, end: 1 }, edit)).toEqual({ start: 0, end: 1 })
    expect(carry({ start: 6, end: 9 }, edit)).toEqual({ start: 2, end: 5 })
    expect(carry({ start: 2, end: 5 }, edit)).toBeUndefined()
  })
})

describe('a held token', () => {
  const followed = (before: string, index: number, after: string): string | undefined => {
    const found = follow(tokensOf(before), index, editBetween(before, after), tokensOf(after))
    return found === undefined ? undefined : tokensOf(after)[found]!.text
  }

  it('is followed when another word changes', () => {
    expect(followed('it was too tired', 1, 'it was too wide')).toBe('it')
    expect(followed('it was too tired', 4, 'so it was too tired')).toBe('tired')
  })

  it('is followed to what replaces it', () => {
    expect(followed('it was too tired', 4, 'it was too wide')).toBe('wide')
  })

  it('is followed as a mark at the beginning or the end', () => {
    expect(followed('it was', 0, 'so it was tired')).toBe('[CLS]')
    expect(followed('it was', 3, 'so it was tired')).toBe('[SEP]')
  })

  it('is lost when the whole text is another', () => {
    expect(followed('dog', 1, 'cat')).toBeUndefined()
  })
})

describe('segments', () => {
  it('put together are the text, whatever the tokens', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.tuple(fc.nat(40), fc.nat(8))), (text, spans) => {
        const places = spans.map(([start, length]) => ({
          start: Math.min(start, text.length),
          end: Math.min(start + length, text.length),
        }))
        places.sort((a, b) => a.start - b.start)
        expect(
          segments(text, places)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })

  it('join the pieces of a word and leave its spaces out', () => {
    // "un|able dog" with the space inside the last token, as byte-level tokenizers have it
    const made = segments('unable dog', [
      { start: 0, end: 2 },
      { start: 2, end: 6 },
      { start: 6, end: 10 },
    ])
    expect(made.map(({ text }) => text)).toEqual(['un', 'able', ' ', 'dog'])
    expect(made[0]!.joined).toEqual({ before: false, after: true })
    expect(made[1]!.joined).toEqual({ before: true, after: false })
  })

  it('call a token what the reader wrote', () => {
    const [, the] = tokensOf('The dog')
    expect(labelOf('The dog', the!)).toBe('The')
  })

  it('call a space by a sign of its own, however the vocabulary writes it', () => {
    for (const text of ['Ġ', '▁', ' ', 'ĠĠ']) expect(labelOf(' a', { id: 1, text, start: 0, end: 1, special: false })).toBe('␣')
    expect(labelOf(' a', { id: 1, text: '▁a', start: 1, end: 1, special: false })).toBe('▁a')
  })

  it('are told by ordinals as they are said', () => {
    const numbers = [1, 10, 11, 12, 13, 21, 22, 23, 24, 100, 101, 111, 1003, 1053]
    expect(numbers.map(strings.ordinal).join(' ')).toBe(
      'first tenth 11th 12th 13th 21st 22nd 23rd 24th 100th 101st 111th 1003rd 1053rd',
    )
  })

  it('number like words', () => {
    expect(occurrences(['the', 'dog', 'the'])).toEqual([
      { nth: 1, of: 2 },
      { nth: 1, of: 1 },
      { nth: 2, of: 2 },
    ])
  })
})

describe('words hardly met', () => {
  it('are named once each, the pieces of a word together', () => {
    const text = 'a quokka saw a quokka'
    const [mark, ...words] = tokensOf(text)
    // "quokka" in two pieces, both times.
    const tokens = words.flatMap((token) => {
      const cut = token.start + 4
      return token.text === 'quokka'
        ? [
            { ...token, end: cut },
            { ...token, start: cut },
          ]
        : [token]
    })
    const hardly = [mark!, ...tokens].map(
      ({ start, end }) => end > start && end - start < 6 && text.slice(start, end).match(/quok|ka/) !== null,
    )
    expect(hardlyWords({ text, tokens: [mark!, ...tokens], hardly })).toEqual(['quokka'])
    expect(hardlyWords({ text, tokens: [mark!, ...tokens], hardly: [] })).toEqual([])
  })
})

describe('the statement', () => {
  // [CLS] it was it [SEP]
  const text = 'it was it'

  it('names the token looked at most, and its share', () => {
    expect(said('a dog slept', 3, [0.1, 0.2, 0.6, 0.05, 0.05])).toBe(
      'slept looks at dog most: 60.0 % of its attention in layer 0, head 0.',
    )
  })

  it('tells like words apart', () => {
    expect(said(text, 3, [0.1, 0.7, 0.1, 0.05, 0.05])).toBe(
      'The second it looks at the first it most: 70.0 % of its attention in layer 0, head 0.',
    )
  })

  it('says itself of a token that looks at itself', () => {
    expect(said('a dog slept', 2, [0.1, 0.2, 0.6, 0.05, 0.05])).toBe(
      'dog looks at itself most: 60.0 % of its attention in layer 0, head 0.',
    )
  })

  it('does not say most where two are equal', () => {
    expect(said('a dog slept', 3, [0, 0.5, 0.5, 0, 0])).toBe(
      'slept looks at a and one other equally, more than at the rest: 50.0 % of its attention each in layer 0, head 0.',
    )
    expect(said('a dog slept', 3, [0.25, 0.25, 0.25, 0.25, 0.25])).toBe(
      'slept looks at every token alike: 25.0 % of its attention each in layer 0, head 0.',
    )
  })

  it('of a cell that is not the largest says its share and where most goes', () => {
    expect(said('a dog slept', 3, [0.1, 0.004, 0.6, 0.1, 0.1], 1)).toBe(
      'slept gives a <1 % of its attention in layer 0, head 0. Most goes to dog, 60.0 %.',
    )
  })

  it('calls a mean a mean', () => {
    expect(said('a dog slept', 3, [0.1, 0.2, 0.6, 0.05, 0.05], undefined, 'mean')).toContain(
      'on average over the one head of layer 0',
    )
  })

  it('says that a row which may look nowhere looks at nothing', () => {
    expect(said('a dog slept', 3, [0, 0, 0, 0, 0])).toBe('slept looks at nothing in layer 0, head 0.')
  })
})

describe('with the first token set apart', () => {
  const apart = (row: readonly number[], column?: number): string =>
    asText(
      statement(shortPicture(readingOf('The dog slept', 1, row), { layer: 0, head: 0, token: 1, column, apart: true })),
    ).replaceAll('\u00a0', ' ')

  it('the statement names it first and speaks of the rest', () => {
    expect(apart([0.6, 0.1, 0.2, 0.1, 0])).toBe(
      'Apart from [CLS], which gets 60.0 %, The looks at dog most: 20.0 % of its attention in layer 0, head 0.',
    )
  })

  it('like shares among the rest are called equal, and nothing is nothing', () => {
    expect(apart([0.6, 0.2, 0.2, 0, 0])).toContain('The looks at itself and one other equally, more than at the rest: 20.0 %')
    expect(apart([0.6, 0.1, 0.1, 0.1, 0.1])).toContain('The looks at every token alike: 10.0 %')
    expect(apart([1, 0, 0, 0, 0])).toContain('The looks at nothing in layer 0, head 0.')
  })

  it('what is spoken of is not set apart from itself', () => {
    expect(apart([0.6, 0.1, 0.2, 0.1, 0], 0)).toBe('The looks at [CLS] most: 60.0 % of its attention in layer 0, head 0.')
  })
})

describe('two texts', () => {
  const ids = (...list: number[]): { id: number }[] => list.map((id) => ({ id }))

  it('are paired from both ends, and in the middle where that is as long in both', () => {
    //  1 2 3 9      1 2 3 9
    //  1 7 3 9      1 5 6 3 9
    expect(aligned(ids(1, 2, 3, 9), ids(1, 7, 3, 9))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ])
    expect(aligned(ids(1, 2, 3, 9), ids(1, 5, 6, 3, 9))).toEqual([
      [0, 0],
      [2, 3],
      [3, 4],
    ])
    expect(aligned(ids(1, 1), ids(1))).toEqual([[0, 0]])
  })

  it('no token is in two pairs, and pairs keep the order of both texts', () => {
    const list = fc.array(fc.nat(3).map((id) => ({ id })))
    fc.assert(
      fc.property(list, list, (first, second) => {
        const pairs = aligned(first, second)
        for (const side of [0, 1] as const)
          for (let n = 1; n < pairs.length; n++) expect(pairs[n]![side]).toBeGreaterThan(pairs[n - 1]![side])
        expect(pairs.every(([a, b]) => a < first.length && b < second.length)).toBe(true)
        if (first.length === second.length) expect(pairs.length).toBe(first.length)
      }),
    )
  })
})

describe('numbers', () => {
  it('are written with the digits that count', () => {
    expect([0, 21.69, 3.834, 0.67684, -0.00421, 0.00004, -Infinity, 1536, 2.5e7].map(brief)).toEqual([
      '0',
      '21.7',
      '3.83',
      '0.677',
      '−0.0042',
      '4.0e−5',
      '−∞',
      '1536',
      '2.5e+7',
    ])
  })

  it('exactly, every digit of a 32-bit number stands', () => {
    expect(exact(Math.fround(-0.1))).toBe('−0.1')
    expect(exact(Math.fround(1 / 3))).toBe('0.3333333')
  })
})

describe('percentages', () => {
  it('small is not nothing, nearly all is not all', () => {
    const shown = [0, 1e-9, 0.0099999, 0.01, 0.0996, 0.677, 0.99949, 0.9996, 1].map((weight) =>
      strings.percent(weight).replace('\u00a0', ' '),
    )
    expect(shown).toEqual(['0 %', '<1 %', '<1 %', '1.0 %', '10.0 %', '67.7 %', '99.9 %', '>99.9 %', '100.0 %'])
  })
})

describe('a link', () => {
  it('says what was held, and reads it back', () => {
    const index = fc.nat(999)
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.record({
          layer: index,
          head: fc.oneof(index, fc.constant('mean' as const)),
          token: index,
          column: fc.option(index, { nil: undefined }),
        }),
        fc.constantFrom(...VIEWS),
        fc.dictionary(fc.stringMatching(/^(own|stop|cut)[a-z]{0,9}$/), fc.string({ unit: 'grapheme' })),
        (text, held, view, own) => {
          const back = parseFragment(formatFragment(text, held, view, own))
          expect(back.text).toBe(text)
          expect({ column: undefined, ...back.held }).toEqual(held)
          expect(back.view).toBe(view)
          expect(back.own).toEqual(own)
        },
      ),
    )
  })

  it('passes over what it does not understand', () => {
    const nothing = { held: {}, view: 'read', own: {} }
    expect(parseFragment('#text=%E0%A4%A&layer=-1&head=all&token=1e3&=x&y&view=sideways')).toEqual({ text: '%E0%A4%A', ...nothing })
    expect(parseFragment('')).toEqual({ text: undefined, ...nothing })
  })
})

describe('the weight scale', () => {
  const light = new Ramp([0xf4, 0xf2, 0xec], [0x2a, 0x2f, 0x9e])

  it('ends in the colours of the page and follows √weight', () => {
    expect(light.at(0)).toEqual([0xf4, 0xf2, 0xec])
    expect(light.at(1)).toEqual([0x2a, 0x2f, 0x9e])
    // √0.25 is half of the way. Chromium paints `color-mix(in oklab, #2a2f9e, #f4f2ec)` as 132 147 202; the table has 256 steps.
    for (const [k, channel] of [132, 147, 202].entries()) expect(Math.abs(light.at(0.25)[k]! - channel)).toBeLessThanOrEqual(1)
  })

  it('carries black or white text at 4.5 : 1 everywhere, light and dark', () => {
    const dark = new Ramp([0x1d, 0x1e, 0x24], [0xae, 0xb4, 0xff])
    for (const ramp of [light, dark])
      for (let n = 0; n <= 200; n++) {
        const weight = (n / 200) ** 2
        expect(ramp.carries(ramp.text(weight) === '#000' ? [0, 0, 0] : [255, 255, 255], weight)).toBe(true)
      }
  })
})

describe('marks of the sentence', () => {
  const box = (left: number, line: number) => ({ left, right: left + 40, top: 60 * line, bottom: 60 * line + 36, line })

  it('are arcs on the first line and underlines where an arc would cross text', () => {
    const made = marks([box(0, 0), box(50, 0), box(0, 1)], 1, [0.5, 0.1, 0.4], 84)
    expect(made.arcs.map(({ weight }) => weight)).toEqual([0.5])
    expect(made.underlines.map(({ weight }) => weight)).toEqual([0.4])
    expect(marks([box(0, 0), box(50, 0), box(0, 1)], 2, [0.5, 0.1, 0.4], 84).arcs).toEqual([])
  })

  it('leave out what does not count, and the smaller of two percentages that would touch', () => {
    const made = marks([box(0, 0), box(20, 0), box(200, 0)], 2, [0.5, 0.2, 0.02], 84)
    expect(made.shares.map(({ weight }) => weight)).toEqual([0.5])
    expect(made.arcs.length).toBe(2)
  })
})
