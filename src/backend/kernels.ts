/**
 * What runs on hardware, on one page. Every backend implements `Kernels`; everything above is written in terms of it.
 *
 * Arguments are plain data (they can be posted to a worker). Shapes were validated by the operation that calls: a kernel may
 * assume that they agree. Kernels are called in order and may finish later; `Memory.read` waits for them.
 * Inputs may be strided views; outputs are contiguous unless a field says otherwise.
 *
 * Letters, here and everywhere: B batch, H query heads, K key/value heads, L query length, S key length, D head width,
 * Dv value width; M×N×K for matrix products.
 */

import type { Expr } from '../expression/expr.ts'
import type { Memory, View } from '../tensor/index.ts'

export interface Backend {
  readonly name: 'wasm' | 'reference'
  readonly memory: Memory
  readonly kernels: Kernels
  /** Rows of a panel in which products read a packed matrix; 0: they read it as it is. */
  readonly panels: number
}

export type Unary =
  | 'neg'
  | 'abs'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'rsqrt'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'silu'
  | 'gelu'
  | 'geluTanh'
  | 'square'
  | 'reciprocal'
export type Binary = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max'
export type Reduction = 'sum' | 'mean' | 'max'
export type Activation = 'none' | 'relu' | 'silu' | 'gelu' | 'geluTanh' | 'tanh' | 'sigmoid'

export interface Kernels {
  /** out ← x, broadcast by stride 0, converted to out's dtype (see `numbers.ts` of the reference). out may be strided: a part of a larger one. */
  copy(x: View, out: View): void
  /** A matrix [N,K] into panels of the same dtype, or out of them: one of the two is packed (see `View.panels`). */
  pack(x: View, out: View): void
  /** A float32 matrix [N,K] into int8 panels with a scale per row: max|x| / 127. */
  quantise(x: View, out: View): void
  unary(kind: Unary, x: View, out: View): void
  /** a and b carry out's shape (stride 0 where they were broadcast). */
  binary(kind: Binary, a: View, b: View, out: View): void
  /** Reduces the axes along which out has length 1. The mean of nothing is NaN, its maximum −∞. */
  reduce(kind: Reduction, x: View, out: View): void
  /**
   * out[…,M,N] = activation(scale · a[…,M,K] · b[…,K,N] + bias[N]) + residual[…,M,N]; transposes are strides. a, b and the residual
   * carry out's leading axes (stride 0 where they were broadcast).
   */
  matmul(call: MatmulCall): void
  /** Over the last axis, which is contiguous in out. A row of −∞ gives 0 (log: −∞). */
  softmax(x: View, out: View, log: boolean): void
  /** (x − mean) / √(variance + eps) · weight + bias over the last axis. */
  layerNorm(x: View, weight: View | undefined, bias: View | undefined, eps: number, out: View): void
  /** x / √(mean(x²) + eps) · (offset + weight) over the last axis; offset 1 for Gemma, else 0. */
  rmsNorm(x: View, weight: View | undefined, eps: number, offset: number, out: View): void
  /** out[…,:] = table[ids[…],:]; the table may be packed. An id outside the table gives a row of NaN. */
  gather(table: View, ids: View, out: View): void
  /**
   * Rotary positions: turns the first 2R channels of x [B,H,L,D] by the angles whose cosines and sines are given as [B,L,R], and copies
   * the rest. With a = x[c], b = x[c′]: out[c] = a·cos − b·sin, out[c′] = b·cos + a·sin; pair r is (r, r + R), or (2r, 2r + 1) interleaved.
   */
  rope(x: View, cos: View, sin: View, interleaved: boolean, out: View): void
  /** → which implementation ran, in a few words; it becomes `ran` in the result. */
  attention(call: AttentionCall): string
  attentionWeights(call: WeightsCall): void
  /** out ← gradient · f′(x), f by its name; gradient and out have x's shape. At a kink (abs, relu) f′ is 0. */
  slope(kind: Unary, x: View, gradient: View, out: View): void
  /** The gradients of `layerNorm` and `rmsNorm`. */
  normGradient(call: NormGradientCall): void
  /** out[V,width] += for each row, the sum of gradient[n,:] over ids[n] = row; `fresh`: as if out had been 0. Ids outside 0…V−1 add nothing. */
  scatterAdd(ids: View, gradient: View, out: View, fresh: boolean): void
  /** The gradients of `attention`, recomputed from q, k and lse tile by tile. */
  attentionGradient(call: AttentionGradientCall): void
  /** One step of Adam, in place: see `AdamCall`. */
  adam(call: AdamCall): void
}

/** Gradients of a norm over the last axis: mean and variance (layerNorm), or mean square (rmsNorm, factor offset + weight). */
export interface NormGradientCall {
  readonly kind: 'layerNorm' | 'rmsNorm'
  readonly x: View
  readonly weight?: View
  readonly eps: number
  readonly offset: number
  /** Of the result, in x's shape. */
  readonly gradient: View
  readonly dx: View
  /** [width] each; what is not wanted is not given. */
  readonly dWeight?: View
  readonly dBias?: View
}

/**
 *     g ← gradient (+ decay · p unless `decoupled`)
 *     m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²        vmax ← max(vmax, v), if there is one
 *     p ← p − rate · decay · p, if `decoupled`; then p ← p − rate / c₁ · m / (√(v / c₂) + eps)
 *
 * with c = 1 − βᵗ for step t counted from 1, and vmax in v's place if there is one. All views are contiguous and of one size.
 */
export interface AdamCall {
  readonly parameter: View
  readonly gradient: View
  readonly m: View
  readonly v: View
  readonly vmax?: View
  readonly rate: number
  readonly betas: readonly [number, number]
  readonly eps: number
  readonly decay: number
  readonly decoupled: boolean
  readonly step: number
}

export interface MatmulCall {
  readonly a: View
  /** [K,N]; its transpose may be packed (`panels`). */
  readonly b: View
  readonly out: View
  readonly scale: number
  readonly bias?: View
  readonly activation: Activation
  readonly residual?: View
}

/** Which key positions row i may see, as bounds: max(0, i − left) ≤ j ≤ min(i + right, length[b] − 1). Infinity is open. */
export interface Band {
  readonly left: number
  readonly right: number
  /** i = row + offset; one per batch entry, or one for all. */
  readonly offset: readonly number[]
  /** Keys that are real, one per batch entry; undefined: all S. */
  readonly lengths?: readonly number[]
}

/** What is done to a scaled score s. `capped` and `score` apply in this order; where `mask` is false the link is forbidden. */
export interface Program {
  /** The score after softcap, in terms of s; kept apart so that stage 'capped' can be shown. */
  readonly capped?: Expr
  /** The score after bias and score functions, in terms of s (the capped score). −∞ forbids the link. */
  readonly score?: Expr
  readonly mask?: Expr
  /** Looked up by `table` expressions. A boolean table is a View of dtype 'bool'. */
  readonly tables: readonly View[]
}

/** q [B,H,L,D], k [B,K,S,D], v [B,K,S,Dv]; query head h reads key/value head ⌊h·K/H⌋. K and V may have batch stride 0. */
export interface Scores {
  readonly q: View
  readonly k: View
  readonly scale: number
  readonly band: Band
  readonly program?: Program
  /** [H]: an extra logit per head that takes weight and gives nothing. */
  readonly sinks?: View
}

export interface Dropout {
  /** Chance that a weight is dropped; kept weights are divided by 1 − p. */
  readonly p: number
  /** 32 bits. Which (b, h, row, j) are dropped depends on this alone: see src/backend/dropout.ts. */
  readonly seed: number
}

export interface AttentionCall extends Scores {
  readonly v: View
  /** [B,H,L,Dv], any strides with Dv contiguous. */
  readonly out: View
  /** [B,H,L] */
  readonly lse: View
  readonly dropout?: Dropout
}

/** What came of a call of `attention`, the gradients of its results, and where those of its inputs go. */
export interface AttentionGradientCall extends Scores {
  readonly v: View
  readonly out: View
  readonly lse: View
  readonly dropout?: Dropout
  /** [B,H,L,Dv] */
  readonly dOut: View
  /** [B,H,L] */
  readonly dLse?: View
  /** [B,H,L,D], [B,K,S,D] and [B,K,S,Dv], contiguous. */
  readonly dq: View
  readonly dk: View
  readonly dv: View
  /** [H] */
  readonly dSinks?: View
  /** One entry for each table of the program: where its gradient goes (contiguous, the table's shape), if it is wanted. */
  readonly dTables: readonly (View | undefined)[]
}

export type Stage = 'scaled' | 'capped' | 'masked' | 'weights'

/** One tile of the matrix for the listed heads; forbidden links are −∞ at stage 'masked' and 0 at 'weights'. */
export interface WeightsCall extends Scores {
  readonly heads: readonly number[]
  readonly rows: readonly [number, number]
  readonly cols: readonly [number, number]
  readonly stage: Stage
  /** [B,H,L] of an earlier call with the same scores; without it the rows' sums are computed here. */
  readonly lse?: View
  /** [B, heads, rows, cols] */
  readonly out: View
}
