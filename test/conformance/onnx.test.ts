/** ONNX's own cases for Attention, RotaryEmbedding, FlexAttention and TensorScatter, on the engine in float32 and on the reference in float64. */

import { beforeAll, expect, it } from 'vitest'
import type { Tensor } from '../../src/index.ts'
import { type Case, caseNames, loadCase } from '../support/cases.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { type Float, onnxAttention, onnxFlexAttention, onnxRotaryEmbedding, onnxTensorScatter } from './onnx.ts'
import { reportCases } from './report.ts'

beforeAll(startEngine)

const SKIPS: Record<string, string> = {
  flexattention_prob_mod: 'prob_mod changes the weights after the softmax, which needs the whole row at once; out of scope',
}

// What is skipped is named once, under float32.
const report = reportCases('conformance/onnx')

for (const float of ['float32', 'float64'] as const)
  describeShared(`ONNX in ${float}`, 'conformance/onnx/', () => {
    for (const name of caseNames('onnx', 'attention', 'rotary_embedding', 'flexattention', 'tensorscatter')) {
      const reason = SKIPS[name]
      if (reason) {
        if (float === 'float64') continue
        report.skipped(name, reason)
        it.skip(`${name} (skipped: ${reason})`, () => {})
      } else it(name, () => check(loadCase('onnx', name), float))
    }
  })

/** 16-bit cases are held to their storage precision. */
const HALF = { rtol: 4e-3, atol: 4e-3 }

async function check(c: Case, float: Float): Promise<void> {
  const outputs = run(c, float)
  for (const { name, slot = 0, shape, numbers, dtype } of c.outputs) {
    const output = outputs.get(slot)!
    expect(output.shape, `${c.name}: ${name}`).toEqual(shape)
    expectClose(await widened(output), numbers, dtype === 'float16' ? HALF : c.tolerance, `${c.name}: ${name}`)
  }
  report.ran(`${c.op} in ${float}`)
}

async function widened(x: Tensor): Promise<ArrayLike<number>> {
  const data = await x.read()
  return data instanceof Uint16Array ? new Float16Array(data.buffer) : data
}

function run(c: Case, float: Float): Map<number, Tensor> {
  if (c.op === 'Attention') return onnxAttention(c, float)
  const adapters: Record<string, (c: Case, float: Float) => Tensor> = {
    FlexAttention: onnxFlexAttention,
    RotaryEmbedding: onnxRotaryEmbedding,
    TensorScatter: onnxTensorScatter,
  }
  return new Map([[0, adapters[c.op]!(c, float)]])
}
