/** What effects are measured by: formulas, slopes, directions, words. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cosineDistance, divergence, type Vector } from '../../src/lens/effect/formulas.ts'
import { COSINE, difference, type Form, KL, logit, logProbabilityOf, probability } from '../../src/lens/effect/measure.ts'
import { probes } from '../../src/lens/effect/probes.ts'
import { idOf } from '../../src/lens/effect/vocabulary.ts'
import { Tokenizer } from '../../src/model/index.ts'
import { tinyBert } from '../support/tiny-bert.ts'
import { oneLessCosine } from './effect-models.ts'

const vector = (size: number) =>
  fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: size, maxLength: size }).map((x) => Float64Array.from(x))
const apart = (x: Vector) => x.some((value) => Math.abs(value) > 0.1)
const dot = (a: Vector, b: Vector) => a.reduce((sum, value, n) => sum + value * b[n]!, 0)

describe('Formulas', () => {
  it('1 − cosine, by hand: 45° apart, opposite, and the same at another length', () => {
    expect(cosineDistance(Float64Array.of(1, 0), Float64Array.of(2, 2))).toBeCloseTo(1 - Math.SQRT1_2, 15)
    expect(cosineDistance(Float64Array.of(1, 2), Float64Array.of(-1, -2))).toBeCloseTo(2, 15)
    expect(cosineDistance(Float64Array.of(1, 2), Float64Array.of(3, 6))).toBeCloseTo(0, 15)
  })

  it('1 − cosine is that of the textbook, and exactly 0 for equal vectors', () => {
    fc.assert(
      fc.property(vector(5).filter(apart), vector(5).filter(apart), (a, b) => {
        expect(cosineDistance(a, b)).toBeCloseTo(oneLessCosine(a, b), 12)
        expect(cosineDistance(a, Float64Array.from(a))).toBe(0)
      }),
    )
  })

  /** Of two words: p = (1/2, 1/2), q = (3/4, 1/4). ½ log(½/¾) + ½ log(½/¼) = ½ log(4/3). */
  it('KL by hand, and 0 where scores differ by a constant alone', () => {
    const [p, q] = [Float64Array.of(0, 0), Float64Array.of(Math.log(3), 0)]
    expect(divergence(p, q)).toBeCloseTo(Math.log(4 / 3) / 2, 15)
    expect(divergence(q, Float64Array.of(Math.log(3) + 7, 7))).toBeCloseTo(0, 14)
  })

  it('a word that a decoder forbids has no share in KL', () => {
    const [p, q] = [Float64Array.of(0, Number.NEGATIVE_INFINITY), Float64Array.of(0, 0)]
    expect(divergence(p, q)).toBeCloseTo(Math.log(2), 15)
  })
})

describe('Slopes', () => {
  const quantities: [string, Form][] = [
    ['logit', logit(2)],
    ['logit difference', difference(0, 3)],
    ['probability', probability(1)],
    ['log probability', logProbabilityOf(4)],
  ]

  it.each(quantities)('%s: a small change of the scores moves it by slope · change', (_, form) => {
    fc.assert(
      fc.property(vector(6), vector(6), (scores, change) => {
        const [[slope]] = form.directions([scores], 1, 0) as [[Vector]]
        const at = (t: number) => form.value([scores.map((x, n) => x + t * change[n]!)], [scores])
        expect((at(1e-4) - at(-1e-4)) / 2e-4).toBeCloseTo(dot(slope, change), 6)
      }),
    )
  })

  it.each([
    ['cosine', COSINE],
    ['KL', KL],
  ] as [string, Form][])(
    '%s: a change that turns it as given ones do is felt whole, along fewer directions than there are',
    (_, form) => {
      fc.assert(
        fc.property(vector(12).filter(apart), vector(12), (a, change) => {
          fc.pre(dot(change, change) > 0.1)
          const moved = (t: number) => [a.map((x, n) => x + t * change[n]!)]
          const t = 1e-4
          const felt = (directions: readonly (readonly Vector[])[]) =>
            directions.reduce((sum, [c]) => sum + dot(c!, change) ** 2 / 2, 0)
          const all = felt(form.directions([a], 12, 0))
          fc.pre(all > 1e-3)
          expect(felt(form.directions([a], 3, 5, [moved(t)])) / all).toBeCloseTo(1, 2)
        }),
      )
    },
  )

  it.each([
    ['cosine', COSINE],
    ['KL', KL],
  ] as [string, Form][])('%s: a small change moves it by ½ Σ (direction · change)², over all places', (_, form) => {
    fc.assert(
      fc.property(vector(4).filter(apart), vector(4).filter(apart), vector(4), vector(4), (a, b, da, db) => {
        const directions = form.directions([a, b], 8, 0)
        const felt = directions.reduce((sum, [ca, cb]) => sum + (dot(ca!, da) + dot(cb!, db)) ** 2 / 2, 0)
        const t = 1e-3
        const moved = [a.map((x, n) => x + t * da[n]!), b.map((x, n) => x + t * db[n]!)]
        const size = 1 + dot(da, da) + dot(db, db)
        expect(Math.abs(form.value(moved, [a, b]) / t ** 2 - felt)).toBeLessThan(0.3 * size ** 1.5)
        expect(form.value([a, b], [a, b])).toBe(0)
      }),
    )
  })
})

describe('Probes', () => {
  it('what lies along given vectors is felt whole, and the rest by chance: right on average', () => {
    // Given: (3,0,0,0,0), the same again, (1,1,0,0,0) and nothing: they span the first two axes.
    const towards = [
      [3, 0, 0, 0, 0],
      [6, 0, 0, 0, 0],
      [1, 1, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ].map((x) => Float64Array.from(x))
    const felt = (y: number[], seed: number) =>
      probes(3, 5, seed, towards).reduce((sum, r) => sum + dot(r, Float64Array.from(y)) ** 2, 0)
    expect(felt([2, -7, 0, 0, 0], 1)).toBeCloseTo(53, 10)
    const made = probes(3, 5, 1, towards)
    expect(made.map((r) => dot(r, r))).toEqual([1, 1, 3].map((length) => expect.closeTo(length, 10)))
    // Of three dimensions that are left, one direction of length √3 stands for all.
    const many = Array.from({ length: 4000 }, (_, seed) => felt([2, -7, 1, 2, 2], seed))
    expect(many.reduce((a, b) => a + b) / many.length / (53 + 9)).toBeCloseTo(1, 1)
  })

  it('one direction at least is left to chance', () => {
    const axes = [0, 1, 2].map((n) => new Float64Array(9).fill(1, n, n + 1))
    expect(probes(3, 9, 0, axes).map((r) => dot(r, r))).toEqual([1, 1, 7].map((length) => expect.closeTo(length, 10)))
  })

  it('as many as there are dimensions feel every change whole', () => {
    fc.assert(
      fc.property(vector(5), fc.integer({ min: 5, max: 9 }), (y, count) => {
        const felt = probes(count, 5).reduce((sum, r) => sum + dot(r, y) ** 2, 0)
        expect(felt).toBeCloseTo(dot(y, y), 10)
      }),
    )
  })

  it('fewer are at right angles, of length √(size / count), and the same for the same seed', () => {
    const made = probes(6, 40, 3)
    for (const [n, r] of made.entries())
      for (const [m, q] of made.entries()) expect(dot(r, q)).toBeCloseTo(n === m ? 40 / 6 : 0, 10)
    expect(probes(6, 40, 3)).toEqual(made)
    expect(probes(6, 40, 4)).not.toEqual(made)
  })

  it('fewer are right on average', () => {
    const y = Float64Array.from({ length: 30 }, (_, n) => Math.sin(n))
    const felt = Array.from({ length: 400 }, (_, seed) => probes(8, 30, seed).reduce((sum, r) => sum + dot(r, y) ** 2, 0))
    const mean = felt.reduce((a, b) => a + b) / felt.length
    const spread = Math.sqrt((2 / 8) * (1 - 8 / 30)) / Math.sqrt(felt.length)
    expect(Math.abs(mean / dot(y, y) - 1)).toBeLessThan(4 * spread)
  })
})

describe('Words', () => {
  const tokenizer = new Tokenizer(tinyBert().json['tokenizer.json'])

  it('a word of one token is its id; others are refused with their pieces', () => {
    expect(idOf('animal', tokenizer, 100)).toBe(tokenizer.tokenToId('animal'))
    expect(idOf(7, tokenizer, 100)).toBe(7)
    expect(() => idOf('bus', tokenizer, 100)).toThrow('"bus" is 3 tokens (b ##u ##s), and only one token has a score')
    expect(() => idOf(100, tokenizer, 100)).toThrow('id 100 does not exist; the model has 0 to 99')
    expect(() => idOf(1.5, tokenizer, 100)).toThrow('id 1.5 does not exist')
  })
})
