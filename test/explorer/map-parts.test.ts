import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Camera,
  cellAt,
  centred,
  LARGEST,
  levelOf,
  MOST,
  type Stage,
  spanOf,
  tilesInView,
  whole,
  windowOf,
  within,
  zoomed,
} from '../../explorer/src/map/camera.ts'
import { findToken } from '../../explorer/src/map/find.ts'
import { Hands } from '../../explorer/src/map/hands.ts'
import { ranksOf, ticksOf } from '../../explorer/src/map/ticks.ts'

const stages = fc.record({
  rows: fc.integer({ min: 1, max: 60_000 }),
  columns: fc.integer({ min: 1, max: 60_000 }),
  width: fc.integer({ min: 120, max: 1600 }),
  height: fc.integer({ min: 120, max: 1200 }),
})
const cameraIn = (stage: Stage): fc.Arbitrary<Camera> =>
  fc
    .record({
      row: fc.double({ min: 0, max: stage.rows, noNaN: true }),
      column: fc.double({ min: 0, max: stage.columns, noNaN: true }),
      scale: fc.double({ min: 0.001, max: LARGEST, noNaN: true }),
    })
    .map((camera) => within(camera, stage))
const views = stages.chain((stage) => fc.tuple(fc.constant(stage), cameraIn(stage)))

describe('the camera of the map', () => {
  it('shows a matrix of 1000 tokens whole in 500 pixels at half a pixel a token', () => {
    expect(whole({ rows: 1000, columns: 1000, width: 700, height: 500 })).toEqual({ row: 0, column: 0, scale: 0.5 })
  })

  it('keeps what stands under the pointer where it is, unless an edge is in the way', () => {
    const stage = { rows: 10_000, columns: 10_000, width: 800, height: 600 }
    const before = centred(stage, 5000, 5000, 2)
    const after = zoomed(before, stage, 3, 300, 200)
    expect(cellAt(after, stage, 300, 200)).toEqual(cellAt(before, stage, 300, 200))
  })

  it('a number is one to two pixels of the screen, or a whole weight', () => {
    fc.assert(
      fc.property(views, fc.constantFrom(1, 1.5, 2), ([, camera], density) => {
        const level = levelOf(camera, density)
        const pixels = 2 ** level * camera.scale * density
        expect(pixels).toBeGreaterThanOrEqual(1 - 1e-6)
        if (level > 0) expect(pixels).toBeLessThan(2 + 1e-6)
      }),
    )
  })

  it('the tiles in view cover every cell in view, once', () => {
    fc.assert(
      fc.property(views, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (view, x, y) => {
        const [stage, camera] = view
        const cell = cellAt(camera, stage, x * (stage.width - 1), y * (stage.height - 1))
        if (!cell) return
        const windows = tilesInView(camera, stage, levelOf(camera, 1)).map((place) => windowOf(place, stage))
        const holding = windows.filter(
          ({ r0, r1, c0, c1 }) => r0 <= cell.row && cell.row < r1 && c0 <= cell.column && cell.column < c1,
        )
        expect(holding).toHaveLength(1)
      }),
    )
  })

  it('no question is for more than 4096 × 4096 weights, unless one number stands for more', () => {
    for (let level = 0; level <= 16; level++) expect(spanOf(level)).toBeLessThanOrEqual(Math.max(MOST, 2 ** level))
  })

  it('what is in view is bounded, however long the text', () => {
    fc.assert(
      fc.property(views, ([stage, camera]) => {
        const level = levelOf(camera, 1)
        const numbers = tilesInView(camera, stage, level).reduce((sum) => sum + (spanOf(level) / 2 ** level) ** 2, 0)
        // The view's own pixels, and the tiles that reach over its edges.
        expect(numbers).toBeLessThanOrEqual((stage.width + 256 + 2) * (stage.height + 256 + 2))
      }),
    )
  })
})

describe('labels along the map', () => {
  const text = 'One two. Three four.\n\nFive six seven'
  const tokens = [...text.matchAll(/\w+|[.]/g)].map((match, id) => ({
    id,
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
    special: false,
  }))

  it('know what begins a paragraph, a sentence and a word', () => {
    expect([...ranksOf(text, tokens)]).toEqual([0, 2, 3, 1, 2, 3, 0, 2, 2])
  })

  it('thin out to paragraphs first, then sentences', () => {
    const ranks = ranksOf(text, tokens)
    const shown = (gap: number) => ticksOf(ranks, 0, 10, 90, gap).map(({ token }) => tokens[token]!.text)
    expect(shown(60)).toEqual(['One', 'Five'])
    expect(shown(25)).toEqual(['One', 'Three', 'Five'])
    expect(shown(10)).toEqual(['One', 'two', '.', 'Three', 'four', '.', 'Five', 'six', 'seven'])
  })

  it('are never closer than they need', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 })), fc.double({ min: 0.01, max: 40, noNaN: true }), (list, scale) => {
        const ticks = ticksOf(Uint8Array.from(list), 0, scale, 500, 18)
        for (const [n, { at }] of ticks.entries()) if (n > 0) expect(at - ticks[n - 1]!.at).toBeGreaterThanOrEqual(18)
      }),
    )
  })

  it('a word is found after where one stands, then from the beginning; a number is a token', () => {
    expect(findToken(text, tokens, 'four', -1)).toBe(4)
    expect(findToken(text, tokens, 'o', 4)).toBe(0)
    expect(findToken(text, tokens, ' 6 ', -1)).toBe(6)
    expect(findToken(text, tokens, '99', -1)).toBeUndefined()
    expect(findToken(text, tokens, 'zebra', -1)).toBeUndefined()
  })
})

describe('hands on the map', () => {
  const told: string[] = []
  const tell =
    (what: string) =>
    (...numbers: number[]): void => {
      told.push([what, ...numbers].join(' '))
    }
  const hands = (): Hands => {
    told.length = 0
    return new Hands({ hover: tell('hover'), pan: tell('pan'), zoom: tell('zoom'), press: tell('press') })
  }
  const at = (pointerId: number, offsetX: number, offsetY: number) => ({ pointerId, offsetX, offsetY })

  it('one that is not down hovers, one that stays where it came down presses there', () => {
    const some = hands()
    some.move(at(1, 10, 20))
    some.down(at(1, 10, 20))
    expect(some.idle).toBe(false)
    some.move(at(1, 12, 21))
    some.up(at(1, 12, 21))
    expect(told).toEqual(['hover 10 20', 'press 12 21'])
    expect(some.idle).toBe(true)
  })

  it('one that moves drags by as much, and presses nothing', () => {
    const some = hands()
    some.down(at(1, 10, 20))
    some.move(at(1, 16, 12))
    some.move(at(1, 17, 12))
    some.up(at(1, 17, 12))
    expect(told).toEqual(['pan 6 -8', 'pan 1 0'])
  })

  it('two zoom by how much farther apart they get, about the one that stays', () => {
    const some = hands()
    some.down(at(1, 0, 0))
    some.down(at(2, 30, 40))
    some.move(at(2, 60, 80))
    some.up(at(2, 60, 80))
    some.up(at(1, 0, 0))
    expect(told).toEqual(['zoom 2 0 0'])
  })

  it('one that is taken away presses nothing', () => {
    const some = hands()
    some.down(at(1, 10, 20))
    some.cancel(at(1, 10, 20))
    expect([told, some.idle]).toEqual([[], true])
  })
})
