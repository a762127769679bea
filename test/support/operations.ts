/**
 * Every operation that computes, drawn with random shapes and options, beside the same thing in plain float32 (`plain.ts`). Properties
 * that hold for all operations (strides, lifetimes, closeness of backends) are written once over this list.
 */

import fc from 'fast-check'
import type { Tensor } from '../../src/index.ts'
import * as regard from '../../src/index.ts'
import { randomPlain } from './layouts.ts'
import type { Plain } from './plain.ts'
import * as plain from './plain.ts'

/** One call: shapes of its inputs, the operation and its brute force. */
export interface Trial {
  readonly shapes: readonly (readonly number[])[]
  /** Factors on the numbers of each input, where they matter: a wide product would drive every activation to its end. */
  readonly scales?: readonly number[]
  readonly call: (...inputs: Tensor[]) => Tensor
  readonly plain: (...inputs: Plain[]) => Plain
}

export interface Operation {
  readonly name: string
  /** Inputs must be above 0. */
  readonly positive?: boolean
  /** Trials whose dimensions are drawn from `dim`. */
  readonly trials: (dim: fc.Arbitrary<number>) => fc.Arbitrary<Trial>
}

/** Numbers for the inputs of a trial: other ones for another seed. */
export function inputsOf({ shapes, scales }: Trial, { positive }: Operation, seed: number): Plain[] {
  return shapes.map((shape, n) => {
    const { data } = randomPlain(shape, seed * shapes.length + n, positive)
    return { data: data.map((value) => value * (scales?.[n] ?? 1)), shape }
  })
}

const shapes = (dim: fc.Arbitrary<number>, minLength = 0, maxLength = 3) => fc.array(dim, { minLength, maxLength })

/** Two shapes that broadcast, and what they broadcast to. */
function broadcastPair(dim: fc.Arbitrary<number>, maxLength = 3): fc.Arbitrary<{ a: number[]; b: number[]; both: number[] }> {
  return shapes(dim, 0, maxLength).chain((both) => {
    const part = fc.tuple(fc.nat(both.length), fc.array(fc.boolean(), { minLength: both.length, maxLength: both.length }))
    return fc.tuple(part, part).map(([[cutA, onesA], [cutB, onesB]]) => {
      const a = both.map((d, n) => (onesA[n] && !onesB[n] ? 1 : d))
      const b = both.map((d, n) => (onesB[n] && !onesA[n] ? 1 : d))
      return cutA < cutB
        ? { a: a.slice(cutA), b, both: joined(a.slice(cutA), b) }
        : { a, b: b.slice(cutB), both: joined(a, b.slice(cutB)) }
    })
  })
}

function joined(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, n) => {
    const [x, y] = [a[n - rank + a.length] ?? 1, b[n - rank + b.length] ?? 1]
    return x === 1 ? y : x
  })
}

const { abs, exp, gelu, log, neg, reciprocal, relu, rsqrt, sigmoid, silu, sqrt, square, tanh } = regard
const { add, div, maximum, minimum, mul, sub } = regard
const { max, mean, sum } = regard

const POSITIVE = { log, sqrt, rsqrt, reciprocal }
const UNARY = { neg, abs, exp, tanh, sigmoid, relu, silu, gelu: (x: Tensor) => gelu(x), square, ...POSITIVE }

const unary: Operation[] = Object.entries(UNARY).map(([name, call]) => ({
  name,
  positive: name in POSITIVE,
  trials: (dim) => shapes(dim).map((shape) => ({ shapes: [shape], call, plain: (x) => plain.unary(name, x) })),
}))

const geluTanh: Operation = {
  name: 'gelu (tanh)',
  trials: (dim) =>
    shapes(dim).map((shape) => ({
      shapes: [shape],
      call: (x) => regard.gelu(x, { approximate: 'tanh' }),
      plain: (x) => plain.unary('geluTanh', x),
    })),
}

const binary: Operation[] = Object.entries({ add, sub, mul, div, minimum, maximum }).map(([name, call]) => ({
  name,
  positive: name === 'div',
  trials: (dim) =>
    broadcastPair(dim).map(({ a, b, both }) => ({
      shapes: [a, b],
      call,
      plain: (x, y) => plain.binary(name, x, y, both),
    })),
}))

const reductions: Operation[] = Object.entries({ sum, mean, max }).map(([name, reduce]) => ({
  name,
  trials: (dim) =>
    shapes(dim, 1)
      .chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, axis) => axis)), fc.boolean()))
      .map(([shape, axes, keepDims]) => ({
        shapes: [shape],
        call: (x) => reduce(x, axes, { keepDims }),
        plain: (x) => {
          const { data, shape: kept } = plain.reduce(name as 'sum' | 'mean' | 'max', x, axes)
          return { data, shape: keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis)) }
        },
      })),
}))

const softmaxes: Operation[] = Object.entries({ softmax: regard.softmax, logSoftmax: regard.logSoftmax }).map(([name, call]) => ({
  name,
  trials: (dim) =>
    shapes(dim, 1).map((shape) => ({
      shapes: [shape],
      call: (x) => call(x),
      plain: (x) => plain.softmax(x, name !== 'softmax'),
    })),
}))

const matmul: Operation = {
  name: 'matmul',
  trials: (dim) =>
    fc
      .tuple(broadcastPair(fc.integer({ min: 0, max: 3 }), 2), dim, dim, dim, fc.constantFrom(1, 0.125))
      .map(([batch, m, n, k, scale]) => ({
        shapes: [
          [...batch.a, m, k],
          [...batch.b, k, n],
        ],
        call: (a, b) => regard.matmul(a, b, { scale }),
        plain: (a, b) => plain.matmul(a, b, [...batch.both, m, n], scale),
      })),
}

const ACTIVATIONS = ['none', 'relu', 'silu', 'gelu', 'geluTanh', 'tanh', 'sigmoid'] as const

const linear: Operation = {
  name: 'linear',
  trials: (dim) =>
    fc
      .record({
        lead: shapes(dim, 0, 2),
        inner: dim,
        outer: dim,
        bias: fc.boolean(),
        residual: fc.boolean(),
        activation: fc.constantFrom(...ACTIVATIONS),
      })
      .map(({ lead, inner, outer, bias, residual, activation }) => ({
        shapes: [[...lead, inner], [outer, inner], [outer], [...lead, outer]],
        scales: [1, 1 / Math.sqrt(inner || 1), 1, 1],
        call: (x, w, b, r) => regard.linear(x, w, { activation, bias: bias ? b : undefined, residual: residual ? r : undefined }),
        plain: (x, w, b, r) => plain.linear(x, w, bias ? b : undefined, activation, residual ? r : undefined),
      })),
}

const layerNorm: Operation = {
  name: 'layerNorm',
  trials: (dim) =>
    shapes(dim, 1).map((shape) => ({
      shapes: [shape, shape.slice(-1), shape.slice(-1)],
      call: (x, w, b) => regard.layerNorm(x, w, b, { eps: 1e-3 }),
      plain: (x, w, b) => plain.layerNorm(x, w, b, 1e-3),
    })),
}

const rmsNorm: Operation = {
  name: 'rmsNorm',
  trials: (dim) =>
    fc.tuple(shapes(dim, 1), fc.constantFrom(0, 1)).map(([shape, offset]) => ({
      shapes: [shape, shape.slice(-1)],
      call: (x, w) => regard.rmsNorm(x, w, { eps: 1e-3, offset }),
      plain: (x, w) => plain.rmsNorm(x, w, 1e-3, offset),
    })),
}

const embedding: Operation = {
  name: 'embedding',
  trials: (dim) =>
    fc
      .record({ entries: fc.integer({ min: 1, max: 9 }), width: dim, ids: fc.array(fc.nat(8), { maxLength: 12 }) })
      .map(({ entries, width, ids }) => {
        const real = ids.map((id) => id % entries)
        return {
          shapes: [[entries, width]],
          call: (table) => regard.embedding(table, regard.tensor(Int32Array.from(real), [real.length], { near: table })),
          plain: (table) => plain.build([real.length, width], ([n, d]) => table.data[real[n!]! * width + d!]!),
        }
      }),
}

const concat: Operation = {
  name: 'concat',
  trials: (dim) =>
    fc.tuple(fc.array(dim, { minLength: 1, maxLength: 4 }), dim, dim).map(([lengths, rows, columns]) => ({
      shapes: lengths.map((length) => [rows, length, columns]),
      call: (...list) => regard.concat(list, 1),
      plain: (...list) => {
        const starts = lengths.map((_, n) => plain.total(lengths.slice(0, n)))
        return plain.build([rows, plain.total(lengths), columns], ([row, n, column]) => {
          const which = starts.findLastIndex((start, k) => start <= n! && lengths[k]! > 0)
          return plain.at(list[which]!, [row!, n! - starts[which]!, column!])
        })
      },
    })),
}

const stack: Operation = {
  name: 'stack',
  trials: (dim) =>
    shapes(dim, 0, 2).map((shape) => ({
      shapes: [shape, shape],
      call: (x, y) => regard.stack([x, y], -1),
      plain: (x, y) => plain.build([...shape, 2], (index) => plain.at(index.at(-1) === 0 ? x : y, index.slice(0, -1))),
    })),
}

const contiguous: Operation = {
  name: 'contiguous',
  trials: (dim) => shapes(dim).map((shape) => ({ shapes: [shape], call: (x) => regard.contiguous(x), plain: (x) => x })),
}

const reshape: Operation = {
  name: 'reshape',
  trials: (dim) =>
    shapes(dim).map((shape) => ({
      shapes: [shape],
      call: (x) => regard.reshape(x, [x.size]),
      plain: ({ data }) => ({ data, shape: [data.length] }),
    })),
}

export const OPERATIONS: readonly Operation[] = [
  ...unary,
  geluTanh,
  ...binary,
  ...reductions,
  ...softmaxes,
  matmul,
  linear,
  layerNorm,
  rmsNorm,
  embedding,
  concat,
  stack,
  contiguous,
  reshape,
]
