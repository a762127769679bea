/** What a measure is, as a formula of vectors: scores (logits) at one place, or states. All in float64. */

import { dot } from '../vectors.ts'

export type Vector = Float64Array

/** x / |x|; a length below 1e-12 counts as 1e-12. */
export function unit(x: Vector): Vector {
  const length = Math.max(Math.sqrt(dot(x, x)), 1e-12)
  return x.map((value) => value / length)
}

/** 1 − cos(a, b), as ½ |a/|a| − b/|b||²: the same number, without taking 1 from something near 1. Equal vectors give exactly 0. */
export function cosineDistance(a: Vector, b: Vector): number {
  const [x, y] = [unit(a), unit(b)]
  let sum = 0
  for (let n = 0; n < x.length; n++) sum += (x[n]! - y[n]!) ** 2
  return sum / 2
}

/** log Σ exp(score) */
function logSum(scores: Vector): number {
  let most = Number.NEGATIVE_INFINITY
  for (const score of scores) most = Math.max(most, score)
  let sum = 0
  for (const score of scores) sum += Math.exp(score - most)
  return most + Math.log(sum)
}

export function logProbability(scores: Vector, id: number): number {
  return scores[id]! - logSum(scores)
}

export function probabilities(scores: Vector): Vector {
  const total = logSum(scores)
  return scores.map((score) => Math.exp(score - total))
}

/** KL(p ‖ q) = Σ p · (log p − log q) in nats, of the distributions that two lists of scores stand for. */
export function divergence(p: Vector, q: Vector): number {
  const [totalP, totalQ] = [logSum(p), logSum(q)]
  let sum = 0
  for (let n = 0; n < p.length; n++) {
    const logP = p[n]! - totalP
    if (logP > Number.NEGATIVE_INFINITY) sum += Math.exp(logP) * (logP - (q[n]! - totalQ))
  }
  return Math.max(0, sum)
}

/** → c with c · δ = the change of r · (x/|x|) for a small change δ of x. */
export function alongUnit(x: Vector, r: Vector): Vector {
  const length = Math.max(Math.sqrt(dot(x, x)), 1e-12)
  const along = dot(r, x) / length
  return r.map((value, n) => (value - (along * x[n]!) / length) / length)
}

/**
 * → c with c · δ = r · y, where y_v = √p_v · (δ_v − Σ p δ): for a small change δ of the scores, KL is ½ |y|² (the Fisher metric of the
 * softmax).
 */
export function alongScores(scores: Vector, r: Vector): Vector {
  const p = probabilities(scores)
  const root = p.map(Math.sqrt)
  const mean = dot(r, root)
  return p.map((value, n) => r[n]! * root[n]! - value * mean)
}

/** How far the unit vector has turned: 1 − cosine is half the square of its length. */
export function turnOf(x: Vector, edited: Vector): Vector {
  const [a, b] = [unit(x), unit(edited)]
  return b.map((value, n) => value - a[n]!)
}

/** √p_v · (δ_v − Σ p δ) of a change δ of the scores: KL is about half the square of its length. */
export function shiftOf(scores: Vector, edited: Vector): Vector {
  const p = probabilities(scores)
  const change = edited.map((value, n) => value - scores[n]!)
  const mean = dot(p, change)
  return change.map((value, n) => Math.sqrt(p[n]!) * (value - mean))
}
