/** What every operation does once its inputs are valid: make the outputs, run the kernel, tell the tape. */

import { type Backend, backendOf, type Kernels } from '../backend/index.ts'
import { type DType, empty, type Shape, type Tensor } from '../tensor/index.ts'

export interface Output {
  readonly shape: Shape
  readonly dtype: DType
}

/**
 * Runs `kernel` on the backend that holds the inputs and returns its outputs. If an input is followed by a tape, the tape is told,
 * with `attributes` (what the derivative needs beyond inputs and outputs).
 */
export function apply(
  operation: string,
  inputs: readonly (Tensor | undefined)[],
  outputs: readonly Output[],
  attributes: unknown,
  kernel: (kernels: Kernels, outputs: readonly Tensor[], backend: Backend) => void,
): Tensor[] {
  const backend = backendOf(operation, inputs)
  const made = outputs.map(({ shape, dtype }) => empty(backend.memory, shape, dtype, operation))
  kernel(backend.kernels, made, backend)
  tell(operation, inputs, made, attributes)
  return made
}

/** Tells the tape of the inputs, if any, that `outputs` came from them. Views call this alone. */
export function tell(
  operation: string,
  inputs: readonly (Tensor | undefined)[],
  outputs: readonly Tensor[],
  attributes: unknown,
): void {
  const tape = inputs.find((input) => input?.tape)?.tape
  if (!tape) return
  for (const output of outputs) output.tape = tape
  tape.record(operation, inputs, outputs, attributes)
}
