import { beforeAll, describe, expect, test } from 'vitest'
import { linksOf, patterns, shortestPath } from '../../../src/lens/index.ts'
import { startEngine } from '../../support/engine.ts'

beforeAll(startEngine)

const { dense, causal, window, windows, bigBird, earlier } = patterns

describe('links', () => {
  test('of 10 tokens by hand: all 100, no later key 55, three keys up to oneself 27, one to each side 28', async () => {
    expect(await linksOf(dense, 10)).toBe(100)
    expect(await linksOf(causal, 10)).toBe(55)
    expect(await linksOf(window(3), 10)).toBe(1 + 2 + 8 * 3)
    expect(await linksOf(window(3, { both: true }), 10)).toBe(2 + 8 * 3 + 2)
    expect(await linksOf(earlier(window(3, { both: true })), 10)).toBe(1 + 9 * 2)
    expect(await linksOf(earlier(dense), 10)).toBe(55)
  })

  test('they are those that the mask itself counts, at any length', async () => {
    for (const n of [1, 63, 200, 1500])
      for (const pattern of [causal, window(7), bigBird({ block: 16 }), earlier(bigBird({ block: 16 }))]) {
        const counted = /: (\d+) of/.exec(pattern.mask(n)!.describe(n))![1]
        expect(await linksOf(pattern, n), `${pattern.name}, ${n}`).toBe(Number(counted))
      }
  })

  test('windows that are shorter than the text come with and without the first token', () => {
    const names = (n: number) => windows(n, { both: true }).map(({ name }) => name)
    expect(names(10)).toEqual(['window 3', 'window 3 + first', 'window 5', 'window 5 + first', 'window 9', 'window 9 + first'])
    expect(names(9)).toHaveLength(4)
    expect(names(3)).toEqual(['window 1'])
  })

  test('a window of no keys is refused', () => {
    expect(() => window(0)).toThrow('patterns.window: size must be an integer ≥ 1, got 0')
  })
})

describe('shortest path', () => {
  test('attention takes one layer, a recurrent network as many steps as there are between', async () => {
    expect(await shortestPath(dense, 100, { from: 90, to: 3 })).toEqual({ length: 1, via: [90, 3] })
    expect(await shortestPath(causal, 100, { from: 3, to: 90 })).toEqual({ length: 1, via: [3, 90] })
    const steps = (await shortestPath('recurrent', 100, { from: 3, to: 90 }))!
    expect(steps.length).toBe(87)
    expect([steps.via[0], steps.via[1], steps.via.at(-1)]).toEqual([3, 4, 90])
  })

  test('nothing comes back from later: neither in causal attention nor in a recurrent network', async () => {
    expect(await shortestPath(causal, 10, { from: 5, to: 4 })).toBeUndefined()
    expect(await shortestPath(window(3), 10, { from: 5, to: 4 })).toBeUndefined()
    expect(await shortestPath('recurrent', 10, { from: 5, to: 4 })).toBeUndefined()
  })

  test('a window of w keys carries w − 1 positions a layer: ⌈distance / (w − 1)⌉ layers', async () => {
    for (const [distance, w] of [
      [1, 4],
      [3, 4],
      [4, 4],
      [30, 4],
      [31, 8],
    ] as const)
      expect((await shortestPath(window(w), 64, { from: 10, to: 10 + distance }))!.length, `${distance} by ${w}`).toBe(
        Math.ceil(distance / (w - 1)),
      )
  })

  test('every step of a path is a link of the pattern, and a block that all see makes it two layers at most', async () => {
    const pattern = bigBird({ block: 4, random: 1, seed: 3 })
    const n = 64
    const picture = pattern.mask(n)!.describe(n, n, { block: 1 }).split('\n').slice(1)
    for (let from = 0; from < n; from += 7)
      for (let to = 0; to < n; to += 5) {
        const path = (await shortestPath(pattern, n, { from, to }))!
        expect(path.length).toBeLessThanOrEqual(2)
        expect([path.via[0], path.via.at(-1)]).toEqual([from, to])
        for (let step = 0; step < path.length; step++) expect(picture[path.via[step + 1]!]![path.via[step]!]).toBe('█')
        if (path.length === 2) expect(picture[to]![from]).toBe('·')
      }
  })

  test('a position is no way from itself; one that does not exist is refused', async () => {
    expect(await shortestPath(causal, 5, { from: 2, to: 2 })).toEqual({ length: 0, via: [2] })
    await expect(shortestPath(causal, 5, { from: 5, to: 2 })).rejects.toThrow(
      'shortestPath: from must be a position within 0 to 4, got 5',
    )
  })
})
