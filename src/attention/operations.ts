/** What is supported by which backend, as data: `regard ops` prints it. */

import { Mask } from './mask.ts'
import { type AttentionOptions, checkNames } from './options.ts'

export interface OperationSupport {
  readonly name: string
  /** What it computes, in a few words. */
  readonly what: string
  readonly reference: boolean
  readonly wasm: boolean
}

/** How a part of a call is carried out. */
export interface Route {
  readonly option: string
  /** 'band': bounds per row, no cell is looked at; 'program': an expression compiled into the kernel; 'kernel': part of the kernel itself. */
  readonly by: 'band' | 'program' | 'kernel'
}

const EVERYWHERE = { reference: true, wasm: true } as const

const OPERATIONS: readonly OperationSupport[] = [
  { name: 'attention', what: 'softmax(scale · q kᵀ) v with every option below', ...EVERYWHERE },
  { name: 'attentionWeights', what: 'any tile of the matrix, at any stage', ...EVERYWHERE },
  { name: 'attentionPacked', what: 'packed sequences of different lengths', ...EVERYWHERE },
  { name: 'merge', what: 'partial results over disjoint keys, joined by their lse', ...EVERYWHERE },
  { name: 'rowEntropy, topKeys, columnSums, blockSummary', what: 'the matrix summed up, tile by tile', ...EVERYWHERE },
  { name: 'KeyValueCache, PagedCache', what: 'keys and values kept between calls', ...EVERYWHERE },
  { name: 'linearAttention', what: 'the gated delta rule and its relatives, token by token', ...EVERYWHERE },
  { name: 'positions.rotate', what: 'rotary positions, halves or interleaved', ...EVERYWHERE },
]

const ROUTES: readonly Route[] = [
  { option: 'scale', by: 'kernel' },
  { option: 'causal', by: 'band' },
  { option: 'window', by: 'band' },
  { option: 'offset', by: 'band' },
  { option: 'lengths', by: 'band' },
  { option: 'softcap', by: 'program' },
  { option: 'bias', by: 'program' },
  { option: 'score', by: 'program' },
  { option: 'mask', by: 'program' },
  { option: 'sinks', by: 'kernel' },
  { option: 'smoothSoftmax', by: 'kernel' },
  { option: 'dropout', by: 'kernel' },
]

/** Every operation on attention, and every option with the way it is carried out. */
export function operations(): {
  operations: readonly OperationSupport[]
  options: readonly Route[]
  dtypes: Record<'reference' | 'wasm', readonly string[]>
} {
  return {
    operations: OPERATIONS,
    options: ROUTES,
    dtypes: {
      wasm: ['float32', 'float16 (widened)', 'bfloat16 (widened)'],
      reference: ['float64', 'float32', 'float16 (widened)', 'bfloat16 (widened)'],
    },
  }
}

/** How a call with these options would be carried out: each option that is set, with its route. */
export function routes(options: AttentionOptions): readonly Route[] {
  checkNames('operations', options)
  return ROUTES.filter(({ option }) => {
    const value = options[option as keyof AttentionOptions]
    return value !== undefined && value !== false && !(option === 'softcap' && value === 0)
  }).map((route) => (route.option === 'mask' && isBand(options.mask) ? { ...route, by: 'band' } : route))
}

/** Masks that are bounds on i − j and j alone need no program. */
function isBand(mask: AttentionOptions['mask']): boolean {
  return [mask].flat().every((each) => each instanceof Mask && each.rest === undefined)
}
