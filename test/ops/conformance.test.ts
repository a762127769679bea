/** Third-party cases of ONNX and PyTorch, on the engine in float32 and on the reference in float64. */

import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { type Case, caseNames, caseTensor, eachCase, loadCase, pick } from '../support/cases.ts'
import { expectAsGoodAsFloat32, expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'

const { add, embedding, exp, gelu, layerNorm, linear, log, logSoftmax, matmul, max, mean, mul } = regard
const { relu, reshape, rmsNorm, rsqrt, sigmoid, silu, softmax, square, sub, sum, tanh, transpose } = regard

type Float = 'float32' | 'float64'

beforeAll(startEngine)

// What is skipped is named once, under float32.
for (const float of ['float32', 'float64'] as const)
  describeShared(`in ${float}`, 'conformance/', () => {
    describe('ONNX', () => {
      eachCase('onnx', caseNames('onnx', 'softmax', 'logsoftmax', 'layer_norm', 'rms_norm', 'gelu'), {}, (c) =>
        check(c, float, onnx(c, float)),
      )
    })
    describe('PyTorch', () => {
      eachCase(
        'torch',
        caseNames('torch', 'op__').filter((name) => float === 'float32' || !SKIPS[name]),
        SKIPS,
        (c) => check(c, float, torch(c, float)),
      )
    })
  })

describeShared('where PyTorch itself is inexact', 'conformance/torch/', () => {
  it('layer norm at a mean of 1000 errs at most twice as much as PyTorch', async () => {
    const c = loadCase('torch', 'op__layernorm_eps1e12_largemean')
    const [actual, exact] = await Promise.all((['float32', 'float64'] as const).map((float) => torch(c, float)[0]!.read()))
    expectAsGoodAsFloat32(actual!, { exact: exact!, float32: pick(c.outputs, 'out').numbers })
  })
})

/** Compares the outputs in the order of the case, gradients aside. */
async function check(c: Case, float: Float, outputs: readonly regard.Tensor[]): Promise<void> {
  for (const [slot, output] of outputs.entries()) {
    const expected = c.outputs[slot]!
    if (output.dtype !== float) throw new Error(`${c.name}: ${expected.name} is ${output.dtype}, expected ${float}`)
    expect(output.shape).toEqual(expected.shape)
    expectClose(await output.read(), expected.numbers, c.tolerance, expected.name)
  }
}

/** The outputs of an ONNX node. Its norms reach from `axis` to the last axis; ours take the last alone, so those axes become one. */
function onnx(c: Case, float: Float): regard.Tensor[] {
  const { axis = -1, approximate, epsilon: eps = 1e-5 } = c.attributes
  const [x, weight, bias] = c.inputs.map((input) => caseTensor(input, float)) as [regard.Tensor, regard.Tensor, regard.Tensor]
  const first = axis < 0 ? axis + x.rank : axis
  const flat = (y: regard.Tensor, kept: number) => reshape(y, [...y.shape.slice(0, kept), -1])
  switch (c.op) {
    case 'Softmax':
      return [softmax(x, axis)]
    case 'LogSoftmax':
      return [logSoftmax(x, axis)]
    case 'Gelu':
      return [gelu(x, { approximate })]
    case 'RMSNormalization':
      return [reshape(rmsNorm(flat(x, first), flat(weight, 0), { eps }), x.shape)]
    case 'LayerNormalization': {
      const rows = flat(x, first)
      const centre = mean(rows, -1, { keepDims: true })
      const inverse = rsqrt(add(mean(square(sub(rows, centre)), -1), eps))
      const thin = x.shape.map((d, n) => (n < first ? d : 1))
      return [
        reshape(layerNorm(rows, flat(weight, 0), flat(bias, 0), { eps }), x.shape),
        reshape(centre, thin),
        reshape(inverse, thin),
      ]
    }
    default:
      throw new Error(`${c.name}: no adapter for ${c.op}`)
  }
}

const SKIPS: Record<string, string> = {
  op__batchnorm_train: 'transformers do not normalise over the batch; no such operation',
  op__conv1d: 'no convolution',
  op__cumsum: 'no cumulative sum',
  op__elu: 'no ELU',
  op__gather: 'no gather along an axis; rows are looked up by embedding',
  op__layernorm_eps1e12_largemean:
    'its float32 result is further from the exact one than its tolerance; held to the float32 rule instead',
  op__logsigmoid: 'no log-sigmoid, and log(sigmoid(x)) loses its left tail',
  op__mish: 'no Mish',
  op__softplus: 'no softplus',
  ...Object.fromEntries(caseNames('torch', 'op__cross_entropy').map((name) => [name, 'a loss, not an operation'])),
}

/** The forward result of a PyTorch function (gradients belong to the tape's tests). */
function torch(c: Case, float: Float): regard.Tensor[] {
  const { axis = -1, eps, groups, eq } = c.attributes
  const input = (name: string) => caseTensor(pick(c.inputs, name), float)
  const flat = (y: regard.Tensor) => reshape(y, [-1])
  switch (c.op) {
    case 'linear':
      return [linear(input('x'), input('w'), { bias: input('b') })]
    case 'bmm':
      return [matmul(input('a'), input('b'))]
    case 'einsum':
      if (eq !== 'bhid,bhjd->bhij') throw new Error(`${c.name}: no adapter for ${eq}`)
      return [matmul(input('a'), transpose(input('b')))]
    case 'embedding':
      return [embedding(input('w'), input('idx'))]
    case 'softmax':
      return [softmax(input('x'), axis)]
    case 'log':
      return [logSoftmax(input('x'), axis)]
    case 'logsumexp': {
      const x = input('x')
      const largest = max(x, axis, { keepDims: true })
      return [add(log(sum(exp(sub(x, largest)), axis)), max(x, axis))]
    }
    case 'layernorm': {
      const [x, weight] = [input('x'), input('w')]
      const rows = reshape(x, [...x.shape.slice(0, x.rank - weight.rank), -1])
      return [reshape(layerNorm(rows, flat(weight), flat(input('b')), { eps }), x.shape)]
    }
    case 'group_norm': {
      const x = input('x')
      const [batch, channels] = x.shape as [number, number]
      const plain = reshape(layerNorm(reshape(x, [batch, groups, -1]), undefined, undefined, { eps }), x.shape)
      const perChannel = (name: string) => reshape(input(name), [channels, 1])
      return [add(mul(plain, perChannel('w')), perChannel('b'))]
    }
    default:
      return [elementwise(c, input('x'))]
  }
}

function elementwise(c: Case, x: regard.Tensor): regard.Tensor {
  const functions: Record<string, (x: regard.Tensor) => regard.Tensor> = {
    relu,
    silu,
    sigmoid,
    tanh,
    gelu: (each) => gelu(each, { approximate: c.attributes.approximate }),
  }
  const f = functions[c.op]
  if (!f) throw new Error(`${c.name}: no adapter for ${c.op}`)
  return f(x)
}
