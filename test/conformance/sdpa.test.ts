/** PyTorch's scaled_dot_product_attention and flex_attention: outputs, lse, and gradients of q, k, v and bias. */

import { readdirSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { grad } from '../../src/nn/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared, shared } from '../support/shared.ts'
import { type Float, input } from './onnx.ts'
import { reportCases } from './report.ts'
import { readTensorFile, type TensorFile } from './safetensors.ts'

beforeAll(startEngine)

const { masks, scores } = regard
const report = reportCases('conformance/torch-sdpa')
const folder = shared('conformance/torch-sdpa/')
const names = folder ? readdirSync(folder).filter((name) => name.endsWith('.safetensors')) : []

/** The float32 goldens come from float32 kernels, so both runs are held to float32's accuracy. */
const TOLERANCE = { rtol: 1e-5, atol: 2e-6 }

/** What the file's name and metadata say, as options. */
function optionsOf(
  name: string,
  { tensors, metadata }: TensorFile,
  float: Float,
  bias: regard.Tensor | undefined,
): regard.AttentionOptions {
  const attributes = JSON.parse(metadata.attrs ?? '{}')
  const offset: number = attributes.offset ?? 0
  const documents = Array.from({ length: 64 }, (_, n) => Math.floor(n / 7))
  const written: Record<string, () => regard.AttentionOptions> = {
    sdpa_dense: () => ({}),
    sdpa_causal: () => ({ causal: true }),
    sdpa_scale: () => ({ scale: attributes.scale }),
    sdpa_bias: () => ({ bias }),
    sdpa_boolmask: () => ({ mask: input(tensors.get('mask')!, float) }),
    flex_mask_window: () => ({ window: [4, 0], offset }),
    flex_mask_prefix: () => ({ mask: masks.or(masks.causal(), masks.prefix(4)), offset }),
    flex_mask_sinks_window: () => ({ mask: masks.or(masks.window(5, 0), masks.prefix(2)), causal: true, offset }),
    flex_mask_dilated: () => ({ mask: masks.dilated(3), causal: true, offset }),
    flex_mask_document: () => ({ mask: masks.documents(documents), offset }),
    flex_mask_perhead: () => ({ mask: masks.from((_b, h, i, j) => i.sub(j).abs().le(h.add(1).mul(2))), offset }),
    flex_score_alibi: () => ({ score: scores.alibi(attributes.slopes) }),
    flex_score_relative: () => ({ score: scores.from((s, _b, _h, i, j) => s.add(i.sub(j).mul(0.1))) }),
    flex_score_cos: () => ({ score: scores.from((s, _b, h, i, j) => s.mul(i.sub(j).mul(0.3).cos()).add(h.mul(0.05))) }),
    flex_score_softcap: () => ({ softcap: attributes.softcap }),
  }
  return written[name.replace(/_h\d.*/, '')]!()
}

for (const float of ['float32', 'float64'] as const)
  describeShared(`scaled_dot_product_attention and flex_attention in ${float}`, 'conformance/torch-sdpa/', (folder) => {
    for (const name of names)
      it(name.replace('.safetensors', ''), async () => {
        const file = readTensorFile(new URL(name, folder))
        const inputs = ['q', 'k', 'v', 'bias'].filter((each) => file.tensors.has(each))
        const tensors = inputs.map((each) => input(file.tensors.get(each)!, float))
        const attend = (...[q, k, v, bias]: regard.Tensor[]): regard.AttentionResult =>
          regard.attention(q!, k!, v!, optionsOf(name, file, float, bias))
        const result = attend(...tensors)
        expect(result.output.shape).toEqual(file.tensors.get('out')!.shape)
        expectClose(await result.output.read(), file.tensors.get('out')!.numbers, TOLERANCE, 'out')
        const lse = file.tensors.get('lse')
        if (lse) expectClose(await result.lse.read(), lse.numbers, TOLERANCE, 'lse')
        const dOut = input(file.tensors.get('grad_out')!, float)
        const gradients = grad((...given: regard.Tensor[]) => regard.sum(regard.mul(attend(...given).output, dOut)))(
          ...tensors,
        ).inputs
        for (const [n, each] of inputs.entries())
          expectClose(await gradients[n]!.read(), file.tensors.get(`grad_${each}`)!.numbers, TOLERANCE, `gradient of ${each}`)
        report.ran(`${name.split('_')[0]} in ${float}`)
      })
  })
