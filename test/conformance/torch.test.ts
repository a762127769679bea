/** PyTorch's nn.MultiheadAttention: outputs, weights and all gradients. */

import { beforeAll, expect, it } from 'vitest'
import { mul, sum, type Tensor } from '../../src/index.ts'
import { grad } from '../../src/nn/index.ts'
import { type Case, caseNames, loadCase, pick } from '../support/cases.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { type Float, input } from './onnx.ts'
import { reportCases } from './report.ts'
import { torchMultiheadAttention } from './torch.ts'

beforeAll(startEngine)

const report = reportCases('conformance/torch nn.MultiheadAttention')

for (const float of ['float32', 'float64'] as const)
  describeShared(`nn.MultiheadAttention in ${float}`, 'conformance/torch/', () => {
    for (const name of caseNames('torch', 'mha__'))
      it(name === 'mha__fully_padded_row_nan' ? `${name}: NaN there is 0 here` : name, () => check(loadCase('torch', name), float))
  })

/** Where old PyTorch has NaN (a row that may look nowhere), the weights are 0 and the output is the projection's bias. */
function expected(c: Case, name: 'out' | 'weights', numbers: Float64Array): Float64Array {
  if (c.name !== 'mha__fully_padded_row_nan') return numbers
  const bias = c.inputs.find((each) => each.name === 'param.out_proj.bias')!.numbers
  return numbers.map((x, n) => (Number.isNaN(x) ? (name === 'weights' ? 0 : bias[n % bias.length]!) : x))
}

async function check(c: Case, float: Float): Promise<void> {
  const result = torchMultiheadAttention(c, float)
  for (const name of ['out', 'weights'] as const) {
    const stored = c.outputs.find((each) => each.name === name)
    if (!stored) continue
    const shaped = result.shaped(result[name], name)
    expect(shaped.shape, `${c.name}: ${name}`).toEqual(stored.shape)
    expectClose(await shaped.read(), expected(c, name, stored.numbers), c.tolerance, `${c.name}: ${name}`)
  }
  await checkGradients(c, float)
  report.ran(float)
}

/** Gradients of Σ out · dout by every input that the case has one for; the case of NaN has none. */
async function checkGradients(c: Case, float: Float): Promise<void> {
  const golden = (name: string) => c.outputs.find((each) => each.name === `d.${name}`)
  const wanted = c.inputs.filter(({ name }) => golden(name))
  if (wanted.length === 0) return
  const dout = input(pick(c.inputs, 'dout'), float)
  const loss = (...inputs: Tensor[]): Tensor => {
    const result = torchMultiheadAttention(c, float, new Map(inputs.map((x, n) => [wanted[n]!.name, x])))
    return sum(mul(result.shaped(result.out, 'out'), dout))
  }
  const gradients = grad(loss)(...wanted.map((each) => input(each, float))).inputs
  for (const [n, { name }] of wanted.entries())
    expectClose(await gradients[n]!.read(), golden(name)!.numbers, c.tolerance, `${c.name}: d.${name}`)
}
