/**
 * torch.nn.MultiheadAttention in terms of ours: packed or separate projections, one learned and one zero key appended, boolean masks
 * that are true for "ignore", [length, batch, width] unless batch_first.
 */

import * as regard from '../../src/index.ts'
import { noGrad } from '../../src/nn/index.ts'
import type { Case } from '../support/cases.ts'
import { type Float, input, joined, split } from './onnx.ts'

type Tensor = regard.Tensor

export interface TorchAttention {
  readonly out: Tensor
  /** [B, H, L, S'] with the appended keys. */
  readonly weights: Tensor
  /** The shape that the case stores: as ours, averaged over heads, or without batch. */
  shaped(x: Tensor, kind: 'out' | 'weights'): Tensor
}

/** `made`: inputs that exist already, by name. */
export function torchMultiheadAttention(c: Case, float: Float, made: ReadonlyMap<string, Tensor> = new Map()): TorchAttention {
  const { num_heads: H, unbatched, batch_first, add_zero_attn, average_attn_weights = true } = c.attributes
  const named = (name: string): Tensor | undefined => {
    const found = c.inputs.find((each) => each.name === name)
    return made.get(name) ?? (found && input(found, float))
  }
  const tokens = (x: Tensor): Tensor =>
    unbatched ? regard.reshape(x, [1, ...x.shape]) : batch_first ? x : regard.transpose(x, 0, 1)
  const query = tokens(named('query')!)
  const key = named('key') ? tokens(named('key')!) : query
  const value = named('value') ? tokens(named('value')!) : key
  const [q, k, v] = project(named, query, key, value)
  const B = q.shape[0]!
  const learned = named('param.bias_k')
  const extend = (x: Tensor, bias: Tensor | undefined): Tensor =>
    bias ? regard.concat([x, regard.expand(bias, [B, 1, x.shape[2]!])], 1) : x
  const heads = (x: Tensor): Tensor => {
    const y = split(x, H)
    return add_zero_attn ? regard.concat([y, zeros([B, H, 1, y.shape[3]!], float)], 2) : y
  }
  const [qh, kh, vh] = [split(q, H), heads(extend(k, learned)), heads(extend(v, named('param.bias_v')))]
  const mask = masksOf(c, float, { B, H, extra: kh.shape[2]! - key.shape[1]! })
  const { output } = regard.attention(qh, kh, vh, { mask })
  const out = regard.linear(joined(output), named('param.out_proj.weight')!, {
    bias: named('param.out_proj.bias'),
  })
  return {
    out,
    weights: noGrad(() => regard.attentionWeights(qh, kh, { mask })),
    shaped: (x, kind) => {
      if (kind === 'out') return unbatched ? regard.reshape(x, x.shape.slice(1)) : batch_first ? x : regard.transpose(x, 0, 1)
      const kept = average_attn_weights ? regard.mean(x, [1]) : x
      return unbatched ? regard.reshape(kept, kept.shape.slice(1)) : kept
    },
  }
}

function zeros(shape: number[], float: Float): Tensor {
  return regard.full(shape, 0, { dtype: float })
}

type Named = (name: string) => Tensor | undefined

function project(named: Named, query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
  const E = query.shape.at(-1)!
  const packed = named('param.in_proj_weight')
  const bias = named('param.in_proj_bias')
  const part = (x: Tensor, n: number): Tensor => regard.slice(x, 0, n * E, (n + 1) * E)
  const separate = ['q', 'k', 'v'].map((letter) => named(`param.${letter}_proj_weight`))
  return [query, key, value].map((x, n) => {
    const weight = packed ? part(packed, n) : separate[n]!
    return regard.linear(x, weight, { bias: bias && part(bias, n) })
  }) as [Tensor, Tensor, Tensor]
}

/** attn_mask [L,S] or [B·H,L,S] and key_padding_mask [B,S], as masks of ours that allow the appended keys. */
function masksOf(c: Case, float: Float, { B, H, extra }: { B: number; H: number; extra: number }): Tensor[] {
  const made: Tensor[] = []
  for (const { name, dtype, shape, numbers } of c.inputs) {
    if (name !== 'attn_mask' && name !== 'key_padding_mask') continue
    const [rows, S] = name === 'key_padding_mask' ? [1, shape.at(-1)!] : [shape.at(-2)!, shape.at(-1)!]
    const lead = name === 'key_padding_mask' ? [B, 1] : shape.length === 3 ? [B, H] : [1, 1]
    const open = dtype === 'bool' ? 1 : 0
    const wide = Float64Array.from({ length: (numbers.length / S) * (S + extra) }, (_, n) => {
      const column = n % (S + extra)
      if (column >= S) return open
      const x = numbers[Math.floor(n / (S + extra)) * S + column]!
      return dtype === 'bool' ? 1 - x : x
    })
    made.push(input({ name, dtype, shape: [...lead, rows, S + extra], numbers: wide }, float))
  }
  return made
}
