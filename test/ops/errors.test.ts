/** Every refusal names the operation, what it got on both sides, and where it helps what to do. */

import { beforeAll, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { DTYPES } from '../../src/tensor/index.ts'
import { startEngine } from '../support/engine.ts'

const {
  add,
  concat,
  embedding,
  exp,
  expand,
  full,
  gelu,
  layerNorm,
  linear,
  matmul,
  permute,
  reshape,
  rmsNorm,
  slice,
  softmax,
  stack,
  sum,
  tensor,
} = regard

beforeAll(startEngine)

const f = (...shape: number[]) => full(shape, 1)
const int = () => full([2], 1, { dtype: 'int32' })

const REFUSALS: Record<string, () => unknown> = {
  'tensor: shape [2,3] holds 6 elements, the data has 5': () => tensor([1, 2, 3, 4, 5], [2, 3]),
  'tensor: every dimension must be an integer ≥ 0, got shape [-1]': () => tensor([1], [-1]),
  "tensor: a Uint16Array holds 16-bit floats of two kinds; pass { dtype: 'float16' } or { dtype: 'bfloat16' }": () =>
    tensor(Uint16Array.of(1), [1]),
  "tensor: a Uint16Array is the raw bits of 16-bit floats, so dtype must be 'float16' or 'bfloat16', got 'int32'": () =>
    tensor(Uint16Array.of(1), [1], { dtype: 'int32' }),
  [`tensor: dtype must be one of ${DTYPES.join(', ')}, got "int64"`]: () => tensor([1], [1], { dtype: 'int64' as 'int32' }),
  'add: shapes [2,3] and [2] do not broadcast together': () => add(f(2, 3), f(2)),
  'add: at least one side must be a tensor, got 1 and 2': () => add(1, 2),
  'add: inputs must be of one dtype, got [2] float32 and [2] float64; cast float32 to float64 or back': () =>
    add(f(2), full([2], 1, { dtype: 'float64' })),
  "exp: needs floats, got Tensor [2] int32; cast it first, as in cast(x, 'float32')": () => exp(int()),
  "gelu: approximate must be 'none' or 'tanh', got \"erf\"": () => gelu(f(2), { approximate: 'erf' as 'none' }),
  'sum: axis 2 does not exist in shape [2,3], which has 2 axes': () => sum(f(2, 3), 2),
  'softmax: axis -1 does not exist in shape [], which has 0 axes': () => softmax(f()),
  'matmul: needs matrices, got a=[3] b=[3,2]; reshape a vector to [1,n] or [n,1]': () => matmul(f(3), f(3, 2)),
  'matmul: the last axis of a must be as long as the last but one of b, got a=[2,3] b=[2,3]': () => matmul(f(2, 3), f(2, 3)),
  'linear: weight must be [out,in], got x=[2,3] weight=[3]': () => linear(f(2, 3), f(3)),
  "linear: the last axis of x must be as long as weight's second, got x=[2,3] weight=[3,4]": () => linear(f(2, 3), f(3, 4)),
  'linear: bias must be [4], got x=[2,3] weight=[4,3] bias=[3]': () => linear(f(2, 3), f(4, 3), { bias: f(3) }),
  "linear: residual must have the result's shape [2,4], got x=[2,3] weight=[4,3] residual=[4]": () =>
    linear(f(2, 3), f(4, 3), { residual: f(4) }),
  'layerNorm: weight must be [3], as long as the last axis of x=[2,3], got [2]': () => layerNorm(f(2, 3), f(2)),
  'layerNorm: eps must be a number ≥ 0, got -1': () => layerNorm(f(2, 3), undefined, undefined, { eps: -1 }),
  'rmsNorm: needs at least one axis, got a scalar': () => rmsNorm(f()),
  'embedding: ids must be int32, got Tensor [2] float32; make them with tensor(Int32Array.of(…), shape)': () =>
    embedding(f(2, 3), f(2)),
  'embedding: table must be [entries,width], got [3]': () => embedding(f(3), int()),
  'reshape: [2,3] has 6 elements, which do not fill [4,-1]': () => reshape(f(2, 3), [4, -1]),
  'permute: axes must name each axis of [2,3] once, got [0,0]': () => permute(f(2, 3), [0, 0]),
  'slice: 1 to 4 does not lie within axis 1 of [2,3], which has 3 positions': () => slice(f(2, 3), 1, 1, 4),
  'expand: [2] cannot be repeated up to [2,3]; only axes of length 1 stretch': () => expand(f(2), [2, 3]),
  'concat: shapes may differ along axis 0 alone, got [2,3] and [2,2]': () => concat([f(2, 3), f(2, 2)]),
  'concat: needs at least one tensor, got an empty list': () => concat([]),
  'concat: inputs must be of one dtype, got [2] float32 and [2] int32; cast them first': () => concat([f(2), int()]),
  'stack: shapes must be equal, got [2] and [3]': () => stack([f(2), f(3)]),
}

it.each(Object.entries(REFUSALS))('%s', (message, attempt) => {
  expect(attempt).toThrow(expect.objectContaining({ message }))
})
