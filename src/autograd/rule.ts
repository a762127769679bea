/** What the tape keeps of an operation, and how a derivative is written. */

import type { DType, Shape, Tensor } from '../tensor/index.ts'

/** One input or output of a recorded operation. */
export interface Place {
  readonly shape: Shape
  readonly dtype: DType
  /** Its number on the tape; undefined: no gradient is wanted. */
  readonly id: number | undefined
  /** The tensor, where the rule keeps it: the tape's own hold. */
  readonly held: Tensor | undefined
}

/** A recorded operation, as its derivative sees it. */
export interface Step {
  readonly operation: string
  readonly inputs: readonly (Place | undefined)[]
  readonly outputs: readonly Place[]
  readonly attributes: unknown
}

/**
 * Vector–Jacobian product: gradients of the outputs (undefined where there is none) → gradients of the inputs, in their order and
 * shapes; undefined where there is none or none is wanted. It may make temporaries, and may return what it was given.
 */
export type Vjp = (gradients: readonly (Tensor | undefined)[], step: Step) => readonly (Tensor | undefined)[]

export interface Rule {
  /** What the derivative reads again, and so stays in memory until then. Default: nothing. */
  readonly keeps?: 'inputs' | 'outputs' | 'both'
  readonly vjp: Vjp
  /** In place of `vjp`, where the first input's gradient, the only one there is, already holds what other steps gave: adds to it. */
  readonly onto?: (before: Tensor, gradients: readonly (Tensor | undefined)[], step: Step) => void
}

/** Rules by the name of their operation. */
export type Rules = Readonly<Record<string, Rule>>

/** An input that the rule keeps. */
export function input(step: Step, n: number): Tensor {
  return kept(step, step.inputs[n], `input ${n}`)
}

/** An output that the rule keeps. */
export function output(step: Step, n = 0): Tensor {
  return kept(step, step.outputs[n], `output ${n}`)
}

function kept(step: Step, place: Place | undefined, what: string): Tensor {
  if (!place?.held) throw new Error(`${step.operation}: its derivative reads ${what}, which its rule does not keep`)
  return place.held
}

/** Is a gradient wanted for this input? */
export function wants(step: Step, n: number): boolean {
  return step.inputs[n]?.id !== undefined
}
