import { describe, expect, test } from 'vitest'
import { type Openable, type Opening, opening, type TokenLike, wordsOf } from '../../src/lens/index.ts'
import { hasCheckpoint, recorded, whyNot } from './recorded.ts'

/** Tokens of a text split at `|`, as a vocabulary writes them; [names] are special. */
function read(pieces: string): { tokens: TokenLike[]; text: string } {
  let text = ''
  const tokens = pieces.split('|').map((piece): TokenLike => {
    if (/^\[.*\]$/.test(piece)) return { text: piece, start: 0, end: 0, special: true }
    text += piece
    const name = piece.trim()
    return { text: name, start: text.length - name.length, end: text.length, special: false }
  })
  return { tokens, text }
}

const words = (pieces: string) => wordsOf(read(pieces).tokens, read(pieces).text)

/** A run of one layer and as many heads as matrices are given. */
function runOf(pieces: string, ...heads: number[][][]): Openable {
  return {
    ...read(pieces),
    config: { layers: 1, heads: heads.length },
    attention: (_, head) => ({
      tile: (r0, r1, c0, c1) => Float32Array.from(heads[head]!.slice(r0, r1).flatMap((row) => row.slice(c0, c1))),
    }),
  }
}

const link = ({ layer, head, row, column, rung }: Opening) => ({ layer, head, row, column, rung })

describe('words', () => {
  test('subwords join one word; the apostrophe and the full stop bear none', () => {
    const { of, joins, list } = words("[CLS]|un|believ|able|, didn|'|t|.|[SEP]")
    expect(list.map(({ text }) => text)).toEqual(['unbelievable', "didn't"])
    expect(of).toEqual([undefined, 0, 0, 0, 1, undefined, 1, undefined, undefined])
    expect(joins).toEqual([false, false, true, true, false, false, false, false, false])
  })

  test('words without spaces between them are told apart', () => {
    expect(words('東京|です').list.map(({ text }) => text)).toEqual(['東京', 'です'])
  })

  test('two words apart by a space alone stay two', () => {
    expect(words('a| a').of).toEqual([0, 1])
  })
})

test('a run on ids has words by the marks of its vocabulary', () => {
  const ids = ['[CLS]', 'un', '##kind', 'cats'].map((text) => ({ text, start: 0, end: 0, special: text === '[CLS]' }))
  expect(wordsOf(ids)).toMatchObject({
    pieces: ['[CLS]', 'un', 'kind', 'cats'],
    of: [undefined, 0, 0, 1],
    joins: [false, false, true, false],
  })
})

describe('opening', () => {
  const flat = [
    [0.25, 0.25, 0.25, 0.25],
    [0.25, 0.25, 0.25, 0.25],
    [0.25, 0.25, 0.25, 0.25],
    [0.25, 0.25, 0.25, 0.25],
  ]

  test('a look at a neighbour, ahead or at a special token does not open, however strong', async () => {
    const strong = [
      [0, 0, 0, 1],
      [0, 0, 0, 1],
      [1, 0, 0, 0],
      [0.05, 0.2, 0.75, 0],
    ]
    expect(link(await opening(runOf('[CLS]|one| two| three', flat, strong)))).toEqual({
      layer: 0,
      head: 0,
      row: 3,
      column: 1,
      rung: 'back',
    })
  })

  test('neighbours are counted in words, so the pieces of the word before are all neighbours', async () => {
    const row = (...weights: number[]) => [flat[0]!, flat[0]!, flat[0]!, weights]
    // four tokens, three words: `see| un|kind| cats`. From cats: un and kind are the word before; see is beyond.
    const found = await opening(runOf('see| un|kind| cats', row(0.1, 0.5, 0.4, 0)), { token: 3 })
    expect(link(found)).toEqual({ layer: 0, head: 0, row: 3, column: 0, rung: 'back' })
  })

  test('the token that was named decides, not the strongest look of another', async () => {
    const heads = [
      [flat[0]!, flat[0]!, [0.9, 0.05, 0.05, 0], [0.1, 0.1, 0.4, 0.4]],
      [flat[0]!, flat[0]!, [0.2, 0.4, 0.4, 0], [0.3, 0.3, 0.2, 0.2]],
    ]
    expect((await opening(runOf('a| b| c| d', ...heads), { token: 3 })).head).toBe(1)
    expect((await opening(runOf('a| b| c| d', ...heads))).head).toBe(0)
  })

  test('a short sentence falls back and says what to', async () => {
    const two = [
      [0.5, 0.5],
      [0.25, 0.75],
    ]
    const other = await opening(runOf('good| morning', two, two))
    expect(other).toMatchObject({ rung: 'word', row: 0, column: 1, weight: 0.5 })
    expect(other.reason).toBe('of 2 heads, the strongest look at another word; no word is further away')
    const ahead = await opening(runOf('a| b| c| d', flat), { token: 0 })
    expect(ahead).toMatchObject({ rung: 'ahead', row: 0, column: 2 })
    expect(ahead.reason).toBe('its strongest look ahead at a word beyond its neighbours; no earlier word is further away')
    const alone = await opening(runOf('[CLS]|hello', two))
    expect(alone).toMatchObject({ rung: 'token', row: 1, column: 0, weight: 0.25 })
    expect(await opening(runOf('hello', [[1]]))).toMatchObject({ rung: 'none', layer: 0, head: 0, row: 0, column: 0 })
  })

  test('a chosen layer or head narrows the choice, and the reason says so', async () => {
    const heads = [flat, flat, [flat[0]!, flat[0]!, flat[0]!, [0.9, 0.1, 0, 0]]]
    const found = await opening(runOf('a| b| c| d', ...heads), { head: 1 })
    expect(found).toMatchObject({ head: 1, compared: 1, reason: 'the strongest look back at a word beyond its neighbours' })
    expect((await opening(runOf('a| b| c| d', ...heads), { layer: 0 })).reason).toMatch(/^of 3 heads in layer 0, /)
  })

  test('what the run does not have is refused', async () => {
    const run = runOf('a| b', flat)
    await expect(opening(run, { token: 2 })).rejects.toThrow('opening: token 2 does not exist, there are 2 (counted from 0)')
    await expect(opening(run, { layer: 1 })).rejects.toThrow('opening: layer 1 does not exist')
    await expect(opening(run, { head: -1 })).rejects.toThrow('opening: head -1 does not exist')
  })

  test('a long text is read in strips', async () => {
    const n = 200
    const asked: number[] = []
    const run: Openable = {
      ...read(Array.from({ length: n }, (_, at) => `${at ? ' ' : ''}w${at}`).join('|')),
      config: { layers: 1, heads: 1 },
      attention: () => ({
        tile: (r0, r1, c0, c1) => {
          asked.push(r1 - r0)
          return Float32Array.from({ length: (r1 - r0) * (c1 - c0) }, (_, at) =>
            r0 + Math.floor(at / (c1 - c0)) === 150 && at % n === 7 ? 0.9 : 0.001,
          )
        },
      }),
    }
    expect(link(await opening(run))).toMatchObject({ row: 150, column: 7 })
    expect(Math.max(...asked)).toBe(64)
  })
})

describe.skipIf(!hasCheckpoint)(`on all-MiniLM-L6-v2 as it was recorded${hasCheckpoint ? '' : ` (${whyNot})`}`, () => {
  test('it opens at layer 3, head 1, where it gives animal 67.7 %', async () => {
    const found = await opening(recorded(0), { token: 10 })
    expect(found).toMatchObject({ layer: 3, head: 1, row: 10, column: 2, rung: 'back', compared: 72 })
    expect(found.weight).toBeCloseTo(0.677, 3)
    expect(found.reason).toBe('of 72 heads, its strongest look back at a word beyond its neighbours')
  })

  test('60 of the 72 heads look first at a special token or a direct neighbour, which is why there is a rule', async () => {
    const run = recorded(0)
    let near = 0
    for (let layer = 0; layer < 6; layer++)
      for (let head = 0; head < 12; head++) {
        const row = await run.attention(layer, head).tile(10, 11, 0, 16)
        const top = row.indexOf(Math.max(...row))
        if (run.tokens[top]!.special || Math.abs(top - 10) === 1) near++
      }
    expect(near).toBe(60)
  })
})
