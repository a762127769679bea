/** Random calls of attention, each twice: as options for the operator, and as plain functions for `plain.ts`. */

import fc from 'fast-check'
import * as regard from '../../src/index.ts'

const { masks, scores } = regard

export interface Numbers {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

type Allowed = (b: number, h: number, i: number, j: number) => boolean
type Rescored = (s: number, b: number, h: number, i: number, j: number) => number

export interface NamedMask {
  readonly name: string
  readonly make: () => regard.MaskLike
  readonly allows: Allowed
}

export interface NamedScore {
  readonly name: string
  readonly make: () => regard.ScoreLike
  readonly apply: Rescored
}

export interface Spec {
  readonly B: number
  readonly H: number
  readonly K: number
  readonly L: number
  readonly S: number
  readonly D: number
  readonly Dv: number
  /** k and v have one batch entry for all. */
  readonly shared: boolean
  readonly seed: number
  readonly scale?: number | undefined
  readonly softcap?: number | undefined
  readonly bias?: Numbers | undefined
  readonly floatMask?: Numbers | undefined
  readonly boolMask?: Numbers | undefined
  readonly mask?: NamedMask | undefined
  readonly score?: NamedScore | undefined
  readonly causal: boolean
  readonly window?: readonly [number, number] | undefined
  readonly offset?: number | readonly number[] | undefined
  readonly lengths?: readonly number[] | undefined
  readonly sinks?: readonly number[] | undefined
  readonly dropout?: { p: number; seed: number } | undefined
}

const mod = (a: number, n: number): number => a - n * Math.floor(a / n)
const lookup = Float32Array.from({ length: 12 }, (_, n) => Math.sin(n) / 2)

export const NAMED_MASKS: readonly NamedMask[] = [
  { name: 'prefix or causal', make: () => masks.or(masks.prefix(3), masks.causal()), allows: (_b, _h, i, j) => j < 3 || j <= i },
  { name: 'dilated', make: () => masks.dilated(3), allows: (_b, _h, i, j) => mod(i - j, 3) === 0 },
  { name: 'chunks', make: () => masks.chunks(7), allows: (_b, _h, i, j) => Math.floor(i / 7) === Math.floor(j / 7) },
  {
    name: 'global tokens',
    make: () => masks.globalTokens([0, 4]),
    allows: (_b, _h, i, j) => [i, j].some((x) => x === 0 || x === 4),
  },
  { name: 'not a window', make: () => masks.not(masks.window(1, 2)), allows: (_b, _h, i, j) => !(j >= i - 1 && j <= i + 2) },
  { name: 'strictly causal', make: () => (_b, _h, i, j) => j.lt(i), allows: (_b, _h, i, j) => j < i },
  {
    name: 'per head',
    make: () => masks.from((_b, h, i, j) => i.sub(j).abs().le(h.add(1).mul(2))),
    allows: (_b, h, i, j) => Math.abs(i - j) <= 2 * (h + 1),
  },
  {
    name: 'per batch',
    make: () => masks.from((b, _h, _i, j) => j.mod(b.add(2)).eq(0)),
    allows: (b, _h, _i, j) => mod(j, b + 2) === 0,
  },
  { name: 'nothing', make: () => masks.from(() => false), allows: () => false },
  {
    name: 'longformer',
    make: () => masks.longformer({ window: 2, global: [1] }),
    allows: (_b, _h, i, j) => Math.abs(i - j) <= 2 || i === 1 || j === 1,
  },
]

export const NAMED_SCORES: readonly NamedScore[] = [
  { name: 'alibi', make: () => scores.alibi(), apply: (s) => s },
  {
    name: 'table',
    make: () => {
      const t = regard.table(lookup)
      return scores.from((s, _b, h, i, j) => s.add(t.at(i.sub(j).add(5)).mul(h.add(1))))
    },
    apply: (s, _b, h, i, j) => s + lookup[Math.max(0, Math.min(11, i - j + 5))]! * (h + 1),
  },
  {
    name: 'cos',
    make: () => (s, b, _h, i, j) => s.mul(i.sub(j).mul(0.25).cos()).add(b),
    apply: (s, b, _h, i, j) => s * Math.cos((i - j) * 0.25) + b,
  },
  {
    name: 'forbids by −∞',
    make: () => scores.from((s, _b, _h, i, j) => i.add(j).mod(3).eq(0).where(Number.NEGATIVE_INFINITY, s)),
    apply: (s, _b, _h, i, j) => (mod(i + j, 3) === 0 ? Number.NEGATIVE_INFINITY : s),
  },
  { name: 'softcap', make: () => scores.softcap(2), apply: (s) => 2 * Math.tanh(s / 2) },
  { name: 'clamped', make: () => (s) => s.max(-0.5).min(0.75), apply: (s) => Math.min(Math.max(s, -0.5), 0.75) },
]

/** ALiBi's slopes depend on the number of heads, so its plain form is made per call. */
export function plainScore(spec: Spec): Rescored | undefined {
  if (spec.score?.name !== 'alibi') return spec.score?.apply
  const slopes = scores.alibiSlopes(spec.H)
  return (s, _b, h, i, j) => s + slopes[h]! * (j - i)
}

/** Uniform numbers from −1 to 1. */
export function randomNumbers(seed: number, n: number): Float32Array {
  let state = seed >>> 0
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 31 - 1) * 1
  })
}

export const product = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

export interface Sizes {
  readonly lengths: fc.Arbitrary<number>
  readonly widths: fc.Arbitrary<number>
  /** Greatest batch, number of key heads, and queries heads to each. Default 3. */
  readonly most?: number
}

/** Shapes and options; every option is present about a third of the time. */
export function calls({ lengths, widths, most = 3 }: Sizes): fc.Arbitrary<Spec> {
  const small = fc.integer({ min: 1, max: most })
  return fc
    .record({
      B: small,
      K: small,
      group: small,
      L: lengths,
      S: lengths,
      D: widths,
      Dv: widths,
      shared: fc.boolean(),
      seed: fc.integer(),
    })
    .chain(({ group, ...sizes }) => options({ ...sizes, H: sizes.K * group }))
}

function options(sizes: Omit<Spec, 'causal'>): fc.Arbitrary<Spec> {
  const { B, H, L, S } = sizes
  const maybe = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, each)
  const reach = fc.integer({ min: 0, max: S + 2 })
  const offset = fc.integer({ min: -3, max: S + 2 })
  return fc
    .record({
      scale: maybe(fc.constantFrom(0, 0.3, -1, 2)),
      softcap: maybe(fc.constantFrom(0, 0.5, 3)),
      bias: maybe(broadcastable([B, H, L, S], false, (x) => x)),
      floatMask: maybe(broadcastable([B, H, L, S], true, (x) => (x > 0.4 ? Number.NEGATIVE_INFINITY : x))),
      boolMask: maybe(broadcastable([B, H, L, S], true, (x) => Number(x > -0.4))),
      mask: maybe(fc.constantFrom(...NAMED_MASKS)),
      score: maybe(fc.constantFrom(...NAMED_SCORES)),
      causal: fc.boolean(),
      window: maybe(
        fc.tuple(fc.oneof(reach, fc.constant(Number.POSITIVE_INFINITY)), fc.oneof(reach, fc.constant(Number.POSITIVE_INFINITY))),
      ),
      offset: maybe(fc.oneof(offset, fc.array(offset, { minLength: B, maxLength: B }))),
      lengths: maybe(fc.array(fc.integer({ min: 0, max: S }), { minLength: B, maxLength: B })),
      sinks: maybe(fc.array(fc.constantFrom(-1, 0, 0.5, 3), { minLength: H, maxLength: H })),
      dropout: maybe(fc.record({ p: fc.constantFrom(0.1, 0.5), seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }) })),
    })
    .map((chosen) => ({ ...sizes, ...chosen }))
}

/** A tensor of rank 1–4 that broadcasts to `target`; masks may be shorter along the keys. */
function broadcastable(target: readonly number[], mayBeShort: boolean, value: (x: number) => number): fc.Arbitrary<Numbers> {
  return fc
    .tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer(),
    )
    .map(([rank, one, less, seed]) => {
      const shape = target.slice(4 - rank).map((d, axis) => (one[axis] && axis < rank - 1 ? 1 : d))
      const keys = shape.at(-1)!
      if (mayBeShort && keys - less > 1) shape[rank - 1] = keys - less
      return { shape, data: randomNumbers(seed, product(shape)).map(value) }
    })
}

export type Float = 'float32' | 'float64'

export interface Inputs {
  readonly q: regard.Tensor
  readonly k: regard.Tensor
  readonly v: regard.Tensor
  readonly options: regard.AttentionOptions
}

/** q, k and v as plain numbers. */
export function numbersOf({ B, H, K, L, S, D, Dv, shared, seed }: Spec): { q: Numbers; k: Numbers; v: Numbers } {
  const keyBatch = shared ? 1 : B
  const made = (shape: number[], n: number): Numbers => ({ shape, data: randomNumbers(seed + n, product(shape)) })
  return { q: made([B, H, L, D], 1), k: made([keyBatch, K, S, D], 2), v: made([keyBatch, K, S, Dv], 3) }
}

export function tensorOf({ shape, data }: Numbers, dtype: Float | 'bool'): regard.Tensor {
  return regard.tensor(data, shape, { dtype })
}

/** The call for the operator, in one dtype. */
export function inputsOf(spec: Spec, dtype: Float): Inputs {
  const { q, k, v } = numbersOf(spec)
  using beside = regard.tensor([0], [1], { dtype })
  const truths = (x: Numbers): regard.Tensor => regard.tensor(Uint8Array.from(x.data), x.shape, { near: beside })
  const several = [
    ...(spec.floatMask ? [tensorOf(spec.floatMask, dtype)] : []),
    ...(spec.boolMask ? [truths(spec.boolMask)] : []),
    ...(spec.mask ? [spec.mask.make()] : []),
  ]
  const { scale, softcap, causal, window, offset, lengths, sinks, dropout } = spec
  return {
    q: tensorOf(q, dtype),
    k: tensorOf(k, dtype),
    v: tensorOf(v, dtype),
    options: {
      ...{ scale, softcap, causal, window, offset, lengths, sinks, dropout },
      bias: spec.bias && tensorOf(spec.bias, dtype),
      mask: several,
      score: spec.score?.make(),
    },
  }
}
