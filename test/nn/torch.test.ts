/** MultiHeadAttention and Block against PyTorch's nn.MultiheadAttention and Transformer{En,De}coderLayer: results and all gradients. */

import { beforeAll } from 'vitest'
import {
  type AttentionOptions,
  attentionWeights,
  mean,
  mul,
  permute,
  reshape,
  slice,
  sum,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { Block, FeedForward, grad, LayerNorm, Linear, type Looked, MultiHeadAttention, Norms } from '../../src/nn/index.ts'
import { type Case, type CaseArray, caseNames, caseTensor, eachCase, pick } from '../support/cases.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'

beforeAll(startEngine)

const EXTRA_KEYS = 'adds keys of its own (add_bias_kv, add_zero_attn); no model that Regard reads does'
const SKIPS: Record<string, string> = {
  mha__add_bias_kv: EXTRA_KEYS,
  mha__add_zero_attn: EXTRA_KEYS,
  mha__bias_kv_and_zero_attn_per_head: EXTRA_KEYS,
  mha__padding_bias_kv_zero: EXTRA_KEYS,
  mha__fully_padded_row_zero_attn_ok: EXTRA_KEYS,
  mha__fully_padded_row_nan: 'holds NaN where a row may look nowhere; Regard gives 0 there',
}

const has = (list: readonly CaseArray[], name: string): CaseArray | undefined => list.find((each) => each.name === name)

/** A case, and the number type to compute it in. */
interface Given extends Case {
  readonly float: 'float32' | 'float64'
  /** Inputs that were made before, by name. */
  readonly made?: ReadonlyMap<string, Tensor>
}

/** An input, as it was made before or anew. */
function made(c: Given, array: CaseArray): Tensor {
  return c.made?.get(array.name) ?? caseTensor(array, c.float)
}

for (const float of ['float32', 'float64'] as const) {
  describeShared(`nn.MultiheadAttention in ${float}`, 'conformance/torch/', () => {
    eachCase('torch', caseNames('torch', 'mha__'), SKIPS, async (plain) => {
      const c: Given = { ...plain, float }
      const { out, looked } = attend(c)
      expectClose(await out.read(), pick(c.outputs, 'out').numbers, c.tolerance, 'out')
      const golden = has(c.outputs, 'weights')
      const average = c.attributes.average_attn_weights !== false
      if (golden) expectClose(await weightsOf(looked, average).read(), golden.numbers, c.tolerance, 'weights')
      await checkGradients(c, (c) => attend(c).out)
    })
  })

  describeShared(`TransformerEncoderLayer and TransformerDecoderLayer in ${float}`, 'conformance/torch/', () => {
    eachCase('torch', caseNames('torch', 'layer__'), {}, async (plain) => {
      const c: Given = { ...plain, float }
      expectClose(await transform(c).read(), pick(c.outputs, 'out').numbers, c.tolerance, 'out')
      await checkGradients(c, transform)
    })
  })
}

/** Gradients of Σ out · dout by every input that the case has one for. */
async function checkGradients(c: Given, forward: (c: Given) => Tensor): Promise<void> {
  const wanted = c.inputs.filter(({ name }) => has(c.outputs, `d.${name}`))
  const dout = caseTensor(pick(c.inputs, 'dout'), c.float)
  const loss = (...inputs: Tensor[]): Tensor => {
    const made = new Map(inputs.map((x, n) => [wanted[n]!.name, x]))
    return sum(mul(forward({ ...c, made }), dout))
  }
  const gradients = grad(loss)(...wanted.map((each) => caseTensor(each, c.float))).inputs
  for (const [n, { name }] of wanted.entries())
    expectClose(await gradients[n]!.read(), pick(c.outputs, `d.${name}`).numbers, c.tolerance, `d.${name}`)
}

function transform(c: Given): Tensor {
  const [memory, mask] = ['memory', 'mask'].map((name) => has(c.inputs, name))
  return blockOf(c).forward(made(c, pick(c.inputs, 'x')), {
    options: mask ? { bias: made(c, mask) } : {},
    source: memory && made(c, memory),
  }).output
}

/** [B,L,width] of an input that PyTorch keeps as [L,B,width], or without a batch. */
function sequence(c: Given, name: string): Tensor {
  const array = pick(c.inputs, name)
  const x = made(c, array)
  if (c.attributes.unbatched) return reshape(x, [1, ...array.shape])
  return c.attributes.batch_first ? x : permute(x, [1, 0, 2])
}

function attend(c: Given): { out: Tensor; looked: Looked } {
  const query = sequence(c, 'query')
  const own = c.attributes.self_attention
  const source = own ? query : sequence(c, 'key')
  const values = own ? query : sequence(c, 'value')
  const layer = attentionOf(c, 'param.', c.attributes.num_heads)
  const { output, looked } = layer.forward(query, { source, values, options: optionsOf(c, query, source), watch: true })
  const out = c.attributes.unbatched || c.attributes.batch_first ? output : permute(output, [1, 0, 2])
  return { out, looked: looked! }
}

function weightsOf({ q, k, lse, options }: Looked, average: boolean): Tensor {
  const weights = attentionWeights(q, k, options, { lse })
  return average ? mean(weights, [1]) : weights
}

/** In PyTorch's boolean masks true forbids. */
function allowed(c: Given, { numbers }: CaseArray, shape: readonly number[]): Tensor {
  using near = tensor([0], [1], { dtype: c.float })
  return tensor(
    Uint8Array.from(numbers, (forbidden) => 1 - forbidden),
    shape,
    { near },
  )
}

function optionsOf(c: Given, query: Tensor, source: Tensor): AttentionOptions {
  const [B, L, S, H] = [query.shape[0]!, query.shape[1]!, source.shape[1]!, c.attributes.num_heads as number]
  const mask = has(c.inputs, 'attn_mask')
  const padding = has(c.inputs, 'key_padding_mask')
  const shape = mask?.shape.length === 3 ? [B, H, L, S] : [1, 1, L, S]
  const masks = [
    ...(mask?.dtype === 'bool' ? [allowed(c, mask, shape)] : []),
    ...(padding ? [allowed(c, padding, [B, 1, 1, S])] : []),
  ]
  const bias = mask && mask.dtype !== 'bool' ? reshape(made(c, mask), shape) : undefined
  return { mask: masks, bias }
}

function parameter(c: Given, name: string): Tensor | undefined {
  const found = has(c.inputs, name)
  return found && made(c, found)
}

function attentionOf(c: Given, prefix: string, heads: number): MultiHeadAttention {
  const packed = parameter(c, `${prefix}in_proj_weight`)
  const biases = parameter(c, `${prefix}in_proj_bias`)
  const output = linearOf(c, `${prefix}out_proj`)
  const width = output.weight.shape[0]!
  const part = (n: number, name: string): Linear =>
    new Linear({
      weight: packed ? slice(packed, 0, n * width, (n + 1) * width) : parameter(c, `${prefix}${name}_proj_weight`)!,
      bias: biases && slice(biases, 0, n * width, (n + 1) * width),
    })
  return new MultiHeadAttention({ query: part(0, 'q'), key: part(1, 'k'), value: part(2, 'v'), output, heads })
}

function linearOf(c: Given, name: string): Linear {
  return new Linear({ weight: parameter(c, `${name}.weight`)!, bias: parameter(c, `${name}.bias`) })
}

function blockOf(c: Given): Block {
  const { nhead, norm_first: first = false, activation = 'relu', layer_norm_eps: eps = 1e-5 } = c.attributes
  const norms = (n: number): Norms => {
    const name = `param.norm${n}`
    const norm = new LayerNorm({ weight: parameter(c, `${name}.weight`), bias: parameter(c, `${name}.bias`), eps })
    return new Norms(first ? { before: norm } : { after: norm })
  }
  const decodes = c.name.includes('__dec_')
  return new Block({
    attention: attentionOf(c, 'param.self_attn.', nhead),
    attentionNorms: norms(1),
    ...(decodes && { cross: attentionOf(c, 'param.multihead_attn.', nhead), crossNorms: norms(2) }),
    feedForward: new FeedForward({ up: linearOf(c, 'param.linear1'), down: linearOf(c, 'param.linear2'), activation }),
    feedForwardNorms: norms(decodes ? 3 : 2),
  })
}
