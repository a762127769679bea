/** Cross entropy: ONNX's and PyTorch's numbers, gradients included, then cases by hand. */

import { beforeAll, describe, expect, it } from 'vitest'
import { logSoftmax, mul, permute, reshape, silu, sum, type Tensor, tensor } from '../../src/index.ts'
import { type CrossEntropyOptions, crossEntropy, grad, gradcheck } from '../../src/nn/index.ts'
import { random } from '../autograd/random.ts'
import { type Case, type CaseArray, caseNames, caseTensor, eachCase, pick } from '../support/cases.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'

beforeAll(startEngine)

type Float = 'float32' | 'float64'

const slot = (list: readonly CaseArray[], n: number): CaseArray | undefined => list.find((each) => each.slot === n)

for (const float of ['float32', 'float64'] as const) {
  describeShared(`ONNX SoftmaxCrossEntropyLoss in ${float}`, 'conformance/onnx/', () => {
    eachCase('onnx', caseNames('onnx', 'sce_'), {}, async (c) => {
      const { ignore_index: ignore, reduction = 'mean' } = c.attributes
      // Classes stand on axis 1 there, and on the last here.
      const x = caseTensor(pick(c.inputs, 0), float)
      const logits = permute(x, [0, ...x.shape.slice(2).map((_, n) => n + 2), 1])
      const loss = crossEntropy(logits, pick(c.inputs, 1).numbers, { ignore, reduction, weights: slot(c.inputs, 2)?.numbers })
      const expected = pick(c.outputs, 0)
      expect(loss.shape).toEqual(expected.shape)
      expectClose(await loss.read(), expected.numbers, c.tolerance, 'loss')
      const logs = slot(c.outputs, 1)
      if (logs) expectClose(await logSoftmax(x, 1).read(), logs.numbers, c.tolerance, 'log_prob')
    })
  })

  describeShared(`ONNX SwiGLU in ${float}`, 'conformance/onnx/', () => {
    eachCase('onnx', caseNames('onnx', 'swiglu'), {}, async (c) => {
      const [a, b] = [0, 1].map((n) => caseTensor(pick(c.inputs, n), float)) as [Tensor, Tensor]
      const alpha: number = c.attributes.alpha ?? 1
      expectClose(await mul(mul(silu(mul(a, alpha)), 1 / alpha), b).read(), pick(c.outputs, 0).numbers, c.tolerance)
    })
  })

  describeShared(`PyTorch cross_entropy in ${float}, with its gradient`, 'conformance/torch/', () => {
    eachCase('torch', caseNames('torch', 'op__cross_entropy'), {}, (c) => checkGradient(c, float))
  })
}

async function checkGradient(c: Case, float: Float): Promise<void> {
  const { label_smoothing: smoothing, reduction } = c.attributes
  const weights = c.inputs.find(({ name }) => name === 'weight')?.numbers
  const options = Object.fromEntries(
    Object.entries({ smoothing, reduction, weights }).filter(([, x]) => x !== undefined),
  ) as CrossEntropyOptions
  const labels = pick(c.inputs, 'target').numbers
  const logits = caseTensor(pick(c.inputs, 'logits'), float)
  const dout = caseTensor(pick(c.inputs, 'dout'), float)
  expectClose(await crossEntropy(logits, labels, options).read(), pick(c.outputs, 'loss').numbers, c.tolerance, 'loss')
  const [gradient] = grad((x) => sum(mul(crossEntropy(x, labels, options), dout)))(logits).inputs
  expectClose(await gradient.read(), pick(c.outputs, 'd.logits').numbers, c.tolerance, 'd.logits')
}

describe('cross entropy', () => {
  const OPTIONS: [string, CrossEntropyOptions][] = [
    ['mean', {}],
    ['sum, weighted', { reduction: 'sum', weights: [0.5, 1, 2] }],
    ['one by one, smoothed', { reduction: 'none', smoothing: 0.3 }],
    ['weighted and smoothed', { weights: [0.5, 1, 2], smoothing: 0.1 }],
  ]
  it.each(OPTIONS)('has the slope that differences show: %s', (_, options) =>
    gradcheck((x) => crossEntropy(x, [2, -100, 0, 1], options), [random([2, 2, 3], 1)]),
  )

  it('a row whose label is ignored has no effect, NaN included, and no gradient', async () => {
    const logits = tensor([0, 0, Number.NaN, 1], [2, 2])
    for (const reduction of ['mean', 'sum', 'none'] as const) {
      const [gradient] = grad((x) => sum(crossEntropy(x, [1, -100], { reduction })))(logits).inputs
      expectClose(await gradient.read(), [0.5, -0.5, 0, 0], { atol: 1e-6 }, reduction)
    }
    expectClose(await crossEntropy(logits, [1, -100], { reduction: 'none' }).read(), [Math.log(2), 0], { atol: 1e-6 })
  })

  it('smoothing by hand: ¾ of the loss of the label and ¼ of the mean over both classes', async () => {
    const logits = reshape(tensor([0, Math.log(3)], [2]), [1, 2])
    const [low, high] = [-Math.log(0.25), -Math.log(0.75)]
    expectClose(await crossEntropy(logits, [0], { smoothing: 0.25 }).read(), [0.75 * low + 0.125 * (low + high)], { rtol: 1e-6 })
  })

  it('says what it cannot use', () => {
    const logits = tensor([0, 0], [1, 2])
    expect(() => crossEntropy(logits, [0], { weights: [1] })).toThrow(
      'crossEntropy: one weight per class is needed, got 1 for 2 classes',
    )
    expect(() => crossEntropy(logits, [0], { smoothing: 2 })).toThrow('crossEntropy: smoothing must be a number from 0 to 1, got 2')
    expect(() => crossEntropy(logits, [0], { reduction: 'all' as 'sum' })).toThrow(
      "crossEntropy: reduction must be 'mean', 'sum' or 'none'",
    )
  })
})
