/** Gradients of PyTorch's functions, on the engine in float32 and on the reference in float64. */

import { beforeAll } from 'vitest'
import { grad } from '../../src/autograd/index.ts'
import { mul, sum, type Tensor } from '../../src/index.ts'
import { type Case, caseNames, caseTensor, eachCase, pick } from '../support/cases.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { TORCH_SKIPS, torchOperation } from '../support/torch-operations.ts'

beforeAll(startEngine)

// What is skipped is named once, by the tests of the results.
for (const float of ['float32', 'float64'] as const)
  describeShared(`PyTorch's gradients in ${float}`, 'conformance/torch/', () => {
    eachCase(
      'torch',
      caseNames('torch', 'op__').filter((name) => !TORCH_SKIPS[name]),
      {},
      (c) => check(c, float),
    )
  })

async function check(c: Case, float: 'float32' | 'float64'): Promise<void> {
  const wanted = c.inputs.filter(({ name }) => c.outputs.some((each) => each.name === `d.${name}`))
  const dout = caseTensor(pick(c.inputs, 'dout'), float)
  const loss = (...inputs: Tensor[]): Tensor => {
    const made = new Map(inputs.map((x, n) => [wanted[n]!.name, x]))
    const [out] = torchOperation(c, (name) => made.get(name) ?? caseTensor(pick(c.inputs, name), float))
    return sum(mul(out!, dout))
  }
  const gradients = grad(loss)(...wanted.map((each) => caseTensor(each, float))).inputs
  for (const [n, { name }] of wanted.entries())
    expectClose(await gradients[n]!.read(), pick(c.outputs, `d.${name}`).numbers, c.tolerance, `d.${name}`)
}
