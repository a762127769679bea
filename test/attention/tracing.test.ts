/** Functions traced into expressions, and what is refused with the way to write it. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { print, simplify } from '../../src/expression/index.ts'
import * as regard from '../../src/index.ts'
import { expressions } from '../expression/arbitrary.ts'
import { startEngine } from '../support/engine.ts'

const { masks, scores, table } = regard

beforeAll(startEngine)

/** The text of a traced mask, band and all. */
const traced = (mask: regard.MaskFunction): string => print(masks.from(mask).expr)

describe('a traced function', () => {
  it('reads as it was written', () => {
    expect(traced((_b, h, i, j) => i.add(j).mod(2).eq(0).and(h.lt(4)))).toBe('i.add(j).mod(2).eq(0).and(h.lt(4))')
    expect(`${scores.from((s, _b, _h, i, j) => s.mul(i.sub(j).abs().neg().exp()))}`).toBe(
      'from(…): s.mul(i.sub(j).abs().neg().exp())',
    )
  })

  it('may use helpers, constants, loops over constants and choices between constants', () => {
    const near = (i: regard.Value, j: regard.Value, n: number): regard.Truth => i.sub(j).abs().le(n)
    const wide = true
    const dilations = [2, 3]
    expect(traced((_b, _h, i, j) => (wide ? near(i, j, 9) : near(i, j, 1)).and(i.ne(j)))).toContain('i.ne(j)')
    const any = masks.from((_b, _h, i, j) => {
      let found = i.eq(j)
      for (const n of dilations) found = found.or(i.sub(j).mod(n).eq(0))
      if (wide) found = found.and(j.ge(1))
      return found
    })
    // j ≥ 1 and (i − j) divisible by 2 or 3
    expect(any.describe(4, 6).split('\n').slice(1)).toEqual(['··███·', '·█·███', '··█·██', '·█·█·█'])
  })

  it('may return a plain constant', () => {
    expect(traced(() => true)).toBe('true')
    expect(`${scores.from(() => 0)}`).toBe('from(…): 0')
  })

  it('prints as text that traces back to itself', () => {
    const [t0, t1] = [table([1, 2, 3, 4]), table([1, 2, 3, 4, 5, 6], [2, 3])]
    fc.assert(
      fc.property(expressions(false).truth, (expr) => {
        const text = print(expr)
          .replace(/(?<![a-z])\((-?[\d.e+-]+|-?Infinity)\)\./g, 'number($1).')
          .replace(/(?<![a-z])\((true|false)\)\./g, 'truth($1).')
        const number = (value: number): regard.Value => new regard.Value({ op: 'const', value })
        const truth = (value: boolean): regard.Truth => new regard.Truth({ op: 'boolean', value })
        const mask = new Function('number', 'truth', 't0', 't1', `return (b, h, i, j) => ${text}`)(number, truth, t0, t1)
        const names = Object.assign([], { [t0.id]: 't0', [t1.id]: 't1' })
        expect(print(masks.from(mask).expr, names)).toBe(print(regard.Mask.of('', simplify(expr)).expr))
      }),
      { numRuns: 200 },
    )
  })
})

describe('bounds on i − j become the band', () => {
  const inf = Number.POSITIVE_INFINITY
  it.each<[string, regard.Mask, [number, number, number]]>([
    ['j.le(i)', masks.from((_b, _h, i, j) => j.le(i)), [inf, 0, inf]],
    ['j.lt(i)', masks.from((_b, _h, i, j) => j.lt(i)), [inf, -1, inf]],
    ['i.sub(j).le(3)', masks.from((_b, _h, i, j) => i.sub(j).le(3)), [3, inf, inf]],
    ['i.sub(j).lt(3).and(j.sub(i).le(2))', masks.from((_b, _h, i, j) => i.sub(j).lt(3).and(j.sub(i).le(2))), [2, 2, inf]],
    ['i.sub(j).abs().le(5)', masks.from((_b, _h, i, j) => i.sub(j).abs().le(5)), [5, 5, inf]],
    ['j.sub(i).add(1).abs().lt(4)', masks.from((_b, _h, i, j) => j.sub(i).add(1).abs().lt(4)), [4, 2, inf]],
    ['j.lt(9)', masks.from((_b, _h, _i, j) => j.lt(9)), [inf, inf, 9]],
    ['and(causal, window, prefix)', masks.and(masks.causal(), masks.window(4, 9), masks.prefix(7)), [4, 0, 7]],
  ])('%s', (_, mask, [left, right, keys]) => {
    expect([mask.band, mask.rest]).toEqual([{ left, right, keys }, undefined])
  })

  it('and nothing else does', () => {
    for (const mask of [
      masks.from((_b, _h, i, j) => i.mul(2).sub(j).le(3)),
      masks.from((_b, _h, i, j) => j.sub(i).le(0.5)),
      masks.from((_b, _h, i) => i.le(3)),
      masks.or(masks.causal(), masks.prefix(2)),
      masks.not(masks.window(1, 1)),
    ])
      expect([mask.band.left, mask.band.right, mask.rest !== undefined]).toEqual([
        Number.POSITIVE_INFINITY,
        Number.POSITIVE_INFINITY,
        true,
      ])
  })

  it('what is left of a conjunction stays an expression', () => {
    const mask = masks.from((_b, h, i, j) => j.le(i).and(h.eq(0)))
    expect([mask.band.right, print(mask.rest!)]).toEqual([0, 'h.eq(0)'])
  })
})

describe('what JavaScript hides is refused', () => {
  // biome-ignore lint/suspicious/noExplicitAny: these are functions that TypeScript would refuse too
  const refused = (mask: any): string => {
    try {
      masks.from(mask)
    } catch (error) {
      return (error as Error).message
    }
    return 'accepted'
  }
  // biome-ignore lint/suspicious/noExplicitAny: as above
  type Any = any

  it.each<[string, Any, string]>([
    ['i < j', (_b: Any, _h: Any, i: Any, j: Any) => i < j, 'i.lt(j) for i < j'],
    ['i + 1', (_b: Any, _h: Any, i: Any, j: Any) => j.le(i + 1), 'i.add(1) for i + 1'],
    ['-i', (_b: Any, _h: Any, i: Any, j: Any) => j.le(-i), 'i.neg() for -i'],
    ['a template', (_b: Any, _h: Any, i: Any) => `${i}` === '3', 'a.eq(b)'],
    ['i === j', (_b: Any, _h: Any, i: Any, j: Any) => i === j, '`===` compares objects, not positions; write a.eq(b)'],
    // biome-ignore lint/suspicious/noDoubleEquals: it is what is refused
    ['i != j', (_b: Any, _h: Any, i: Any, j: Any) => i != j, 'write a.ne(b)'],
    ['&&', (_b: Any, _h: Any, i: Any, j: Any) => i.le(j) && j.le(i), '`&&` is not traced; write a.and(b)'],
    ['||', (_b: Any, _h: Any, i: Any, j: Any) => i.le(j) || j.le(i), 'write a.or(b)'],
    ['!', (_b: Any, _h: Any, i: Any, j: Any) => !i.le(j), 'write condition.not()'],
    ['?:', (_b: Any, h: Any, i: Any, j: Any) => (h.eq(0) ? i.le(j) : j.le(i)), 'write condition.where(a, b)'],
    [
      'if',
      (_b: Any, _h: Any, i: Any, j: Any) => {
        if (i.le(j)) return true
        return false
      },
      '`if` runs once, while tracing',
    ],
    [
      'a local made from a traced value',
      (_b: Any, _h: Any, i: Any, j: Any) => {
        const close = i.sub(j).le(2)
        const also = close
        return also ? true : i.eq(j)
      },
      '`?:` is not traced',
    ],
    [
      'a loop',
      (_b: Any, _h: Any, i: Any, j: Any) => {
        let n = 0
        for (let k = 0; k < i; k++) n += k
        return j.le(n)
      },
      'a loop over a traced value',
    ],
    [
      'while',
      (_b: Any, _h: Any, i: Any) => {
        while (i.gt(3)) break
        return true
      },
      'a loop over a traced value',
    ],
    [
      'switch',
      (_b: Any, h: Any) => {
        switch (h) {
          default:
            return true
        }
      },
      '`switch` runs once',
    ],
    [
      'an inner function',
      (_b: Any, _h: Any, i: Any, j: Any) => [1, 2].map((n) => i.eq(n)).reduce((x, y) => x || y, j),
      'write a.or(b)',
    ],
    ['a bound function', ((_b: Any, _h: Any, i: Any, j: Any) => i.le(j)).bind(null), 'pass an arrow function'],
    ['no return', () => {}, 'got undefined (is a `return` missing?)'],
    [
      'a number',
      (_b: Any, _h: Any, i: Any) => i.add(1),
      'must return a condition, such as i.sub(j).le(3), got the number i.add(1)',
    ],
    ['async', async () => true, 'got a Promise'],
    ['no function', 3, 'masks.from: takes a function, got number'],
    [
      'a condition as a number',
      (_b: Any, _h: Any, i: Any, j: Any) => i.le(i.eq(j)),
      'turn a condition into a number with condition.where(1, 0)',
    ],
    [
      'a number as a condition',
      (_b: Any, _h: Any, i: Any, j: Any) => i.eq(j).and(i),
      'compare a number to get a condition, as in i.gt(0)',
    ],
    ['a string', (_b: Any, _h: Any, i: Any) => i.le('3'), 'le: takes a number or a traced number, got "3"'],
  ])('%s', (_, mask, message) => {
    expect(refused(mask)).toContain(message)
  })

  it('but not in strings, comments, regular expressions, properties, or about constants', () => {
    const flag = { if: 1, on: true }
    const count = 3
    for (const mask of [
      (_b: Any, _h: Any, i: Any, j: Any) => /* i && j ? */ i.le(j), // !i
      (_b: Any, _h: Any, i: Any, j: Any) => i.le(j.add('i && !j'.length)),
      (_b: Any, _h: Any, i: Any, j: Any) => i.le(j.add(/i && [/] !j/.source.length / 2)),
      (_b: Any, _h: Any, i: Any, j: Any) => i.le(j.add(`i && ${count} || !j`.length)),
      (_b: Any, _h: Any, i: Any, j: Any) => i.le(j.add(flag.if)),
      (_b: Any, _h: Any, i: Any, j: Any) => i.le(j.add(flag.on && count === 3 ? 1 : 2)),
      (_b: Any, _h: Any, i: Any, j: Any) => i.le(j.add({ i: 1, j: 2 }.i)),
    ])
      expect(refused(mask)).toBe('accepted')
  })

  it('says which function was at fault', () => {
    const q = regard.full([1, 1, 1, 1], 0)
    expect(() => regard.attention(q, q, q, { mask: ((_b: Any, _h: Any, i: Any, j: Any) => i && j) as Any })).toThrow(
      /^attention: mask: in `.*` — `&&`/,
    )
    expect(() => regard.attention(q, q, q, { score: ((s: Any) => s * 2) as Any })).toThrow(
      /^attention: score: an operator was used on the traced value s\./,
    )
    expect(() => scores.from((() => true) as Any)).toThrow(
      'scores.from: the function must return a number, such as s.add(bias.at(h, i)), got true',
    )
  })
})

describe('tables', () => {
  it('are looked up by traced positions, floored and clamped', async () => {
    const t = table([10, 20, 30], [3])
    const q = regard.full([1, 1, 1, 1], 0)
    const k = regard.full([1, 1, 6, 1], 0)
    const score = scores.from((s, _b, _h, _i, j) => s.add(t.at(j.sub(1).div(2))))
    expect([...(await regard.attentionWeights(q, k, { score }, { stage: 'masked' }).read())]).toEqual([10, 10, 10, 20, 20, 30])
  })

  it.each(['float32', 'float64'] as const)('are never read outside, whatever the index is (%s)', async (dtype) => {
    const t = table([10, 20, 30, 40, 50, 60], [2, 3])
    const q = regard.tensor([1], [1, 1, 1, 1], { dtype })
    const k = regard.tensor([-1, 0, 1, 2], [1, 1, 4, 1], { dtype })
    const at = async (index: (s: regard.Value) => regard.Value): Promise<number[]> => [
      ...(await regard.attentionWeights(q, k, { score: (s) => t.at(index(s), index(s)) }, { stage: 'masked' }).read()),
    ]
    expect(await at((s) => s)).toEqual([10, 10, 50, 60])
    expect(await at((s) => s.mul(1e38).mul(10))).toEqual([10, 10, 60, 60])
    expect(await at((s) => s.div(0))).toEqual([10, 10, 60, 60])
    expect(await at((s) => s.log())).toEqual([10, 10, 10, 10])
    expect(await at((s) => s.mul(3e9))).toEqual([10, 10, 60, 60])
    expect(await at((s) => s.sub(2 ** 31))).toEqual([10, 10, 10, 10])
    expect(await at((s) => s.div(0).sub(s.div(0)))).toEqual([10, 10, 10, 10])
  })

  it('hold numbers, truths or a tensor’s numbers, of any rank', async () => {
    const q = regard.full([1, 2, 2, 1], 0)
    const flags = table([true, false, false, true], [2, 2])
    const bias = table(regard.tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], { dtype: 'float16' }))
    const options: regard.ScoreOptions = {
      mask: (_b, _h, i, j) => flags.at(i, j),
      score: (s, _b, h, i, j) => s.add(bias.at(h, i, j)),
    }
    const inf = Number.NEGATIVE_INFINITY
    expect([...(await regard.attentionWeights(q, q, options, { stage: 'masked' }).read())]).toEqual([
      1,
      inf,
      inf,
      4,
      5,
      inf,
      inf,
      8,
    ])
  })

  it('give back what engines hold of them, and can be used again', async () => {
    const { memory } = regard.full([1], 0)
    const before = memory.live.buffers
    const t = table([1, 2, 3])
    const run = async (): Promise<number[]> => {
      using q = regard.full([1, 1, 1, 1], 0)
      using w = regard.attentionWeights(q, q, { score: (s, _b, h) => s.add(t.at(h.add(1))) }, { stage: 'masked' })
      return [...(await w.read())]
    }
    expect(await run()).toEqual([2])
    expect(memory.live.buffers).toBe(before + 1)
    t.dispose()
    expect(memory.live.buffers).toBe(before)
    expect(await run()).toEqual([2])
    t.dispose()
  })

  it('of masks and scores go when those are disposed', async () => {
    const { memory } = regard.full([1], 0)
    using q = regard.full([1, 2, 4, 1], 0)
    const before = memory.live.buffers
    const [mask, score] = [masks.documents([0, 0, 1, 1]), scores.alibi()]
    for (let n = 0; n < 2; n++) {
      using w = regard.attentionWeights(q, q, { mask, score })
      await w.read()
      expect(memory.live.buffers).toBe(before + 3)
    }
    mask.dispose()
    score.dispose()
    expect(memory.live.buffers).toBe(before)
  })

  it('made for one call go with it', async () => {
    const { memory } = regard.full([1], 0)
    using q = regard.full([2, 1, 3, 1], 0)
    using bias = regard.full([3, 3], 1)
    const before = memory.live.buffers
    using w = regard.attentionWeights(q, q, { offset: [0, 2], bias, sinks: [0] })
    await w.read()
    expect(memory.live.buffers).toBe(before + 1)
  })

  it('refuse shapes that do not fit and the wrong number of indices', () => {
    expect(() => table([1, 2, 3], [2, 2])).toThrow('table: shape [2,2] holds 4 entries, the data has 3')
    expect(() => table([], [0])).toThrow('table: needs at least one axis and no empty one, got shape [0]')
    expect(() => table(regard.full([2], 1, { dtype: 'int32' }))).toThrow('table: needs floats or bool')
    const t = table([1, 2, 3, 4], [2, 2])
    expect(() => scores.from((s, _b, h) => s.add(t.at(h)))).toThrow(
      'scores.from: table.at: the table has shape [2,2], so it takes 2 indices, got 1',
    )
  })
})
