/**
 * The reference: every kernel in plain float64 arithmetic, whatever the tensors hold; only the last step rounds to the output's
 * dtype. It is the definition that other backends are checked against, and it computes all float64 tensors.
 */

import type { Backend } from '../kernels.ts'
import { attention } from './attention.ts'
import { attentionGradient } from './attention-gradient.ts'
import { attentionWeights } from './attention-weights.ts'
import { binary, copy, unary } from './elementwise.ts'
import { gather } from './gather.ts'
import { adam, normGradient, scatterAdd, slope } from './gradients.ts'
import { matmul } from './matmul.ts'
import { memory } from './memory.ts'
import { quantise } from './quantise.ts'
import { reduce } from './reduce.ts'
import { rope } from './rope.ts'
import { layerNorm, rmsNorm, softmax } from './rows.ts'

export const referenceBackend: Backend = {
  name: 'reference',
  memory,
  panels: 0,
  kernels: {
    copy,
    pack: copy,
    quantise,
    unary,
    binary,
    reduce,
    matmul,
    softmax,
    layerNorm,
    rmsNorm,
    gather,
    rope,
    attention,
    attentionWeights,
    slope,
    normGradient,
    scatterAdd,
    attentionGradient,
    adam,
  },
}
