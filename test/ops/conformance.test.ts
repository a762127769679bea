/** Third-party cases of ONNX and PyTorch, on the engine in float32 and on the reference in float64. */

import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { type Case, caseNames, caseTensor, eachCase, loadCase, pick } from '../support/cases.ts'
import { expectAsGoodAsFloat32, expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { TORCH_SKIPS, torchOperation } from '../support/torch-operations.ts'

const { add, gelu, layerNorm, logSoftmax, mean, reshape, rmsNorm, rsqrt, softmax, square, sub } = regard

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
        caseNames('torch', 'op__').filter((name) => float === 'float32' || !TORCH_SKIPS[name]),
        TORCH_SKIPS,
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

function torch(c: Case, float: Float): regard.Tensor[] {
  return torchOperation(c, (name) => caseTensor(pick(c.inputs, name), float))
}
