/** PyTorch's functions in terms of ours: the same adapter for results and for gradients. */

import type { Tensor } from '../../src/index.ts'
import * as regard from '../../src/index.ts'
import { noGrad } from '../../src/nn/index.ts'
import { type Case, caseNames } from './cases.ts'

const { add, concat, embedding, exp, gelu, layerNorm, linear, log, logSoftmax, matmul, max, mul } = regard
const { relu, reshape, sigmoid, silu, slice, softmax, sub, sum, tanh, transpose } = regard

/** Cases that are not computed, and why. */
export const TORCH_SKIPS: Record<string, string> = {
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
  ...Object.fromEntries(
    caseNames('torch', 'op__cross_entropy').map((name) => [name, 'a loss, not an operation: see test/nn/loss.test.ts']),
  ),
}

/** The forward result of a PyTorch function from inputs by name. */
export function torchOperation(c: Case, input: (name: string) => Tensor): Tensor[] {
  const { axis = -1, eps, groups, eq } = c.attributes
  const flat = (y: Tensor) => reshape(y, [-1])
  switch (c.op) {
    case 'linear':
      return [linear(input('x'), input('w'), { bias: input('b') })]
    case 'bmm':
      return [matmul(input('a'), input('b'))]
    case 'einsum':
      if (eq !== 'bhid,bhjd->bhij') throw new Error(`${c.name}: no adapter for ${eq}`)
      return [matmul(input('a'), transpose(input('b')))]
    case 'embedding':
      return [embedding(frozenRow(input('w'), c.attributes.padding_idx), input('idx'))]
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

/** The table, with no gradient for one row: what PyTorch's padding_idx means. */
function frozenRow(table: Tensor, row: number): Tensor {
  const frozen = noGrad(() => slice(table, 0, row, row + 1))
  return concat([slice(table, 0, 0, row), frozen, slice(table, 0, row + 1)])
}

function elementwise(c: Case, x: Tensor): Tensor {
  const functions: Record<string, (x: Tensor) => Tensor> = {
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
