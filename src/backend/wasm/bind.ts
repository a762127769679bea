/** The page of kernels, as a machine runs it. */

import type { Kernels } from '../kernels.ts'
import { attention, attentionWeights } from './calls/attention.ts'
import { adam, attentionGradient, normGradient, scatterAdd, slope } from './calls/backward.ts'
import { binary, copy, unary } from './calls/elementwise.ts'
import { matmul, pack, quantise } from './calls/matmul.ts'
import { gather, layerNorm, reduce, rmsNorm, rope, softmax } from './calls/rows.ts'
import type { Machine } from './machine.ts'

export function bindKernels(machine: Machine): Kernels {
  return {
    copy: (x, out) => copy(machine, x, out),
    pack: (x, out) => pack(machine, x, out),
    quantise: (x, out) => quantise(machine, x, out),
    unary: (kind, x, out) => unary(machine, kind, x, out),
    binary: (kind, a, b, out) => binary(machine, kind, a, b, out),
    reduce: (kind, x, out) => reduce(machine, kind, x, out),
    matmul: (call) => matmul(machine, call),
    softmax: (x, out, log) => softmax(machine, x, out, log),
    layerNorm: (x, weight, bias, eps, out) => layerNorm(machine, x, weight, bias, eps, out),
    rmsNorm: (x, weight, eps, offset, out) => rmsNorm(machine, x, weight, eps, offset, out),
    gather: (table, ids, out) => gather(machine, table, ids, out),
    rope: (x, cos, sin, interleaved, out) => rope(machine, x, cos, sin, interleaved, out),
    attention: (call) => attention(machine, call),
    attentionWeights: (call) => attentionWeights(machine, call),
    slope: (kind, x, gradient, out) => slope(machine, kind, x, gradient, out),
    normGradient: (call) => normGradient(machine, call),
    scatterAdd: (ids, gradient, out, fresh) => scatterAdd(machine, ids, gradient, out, fresh),
    attentionGradient: (call) => attentionGradient(machine, call),
    adam: (call) => adam(machine, call),
  }
}
