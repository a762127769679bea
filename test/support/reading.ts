import { scope, type Tensor, type TensorData } from '../../src/index.ts'

export interface Result {
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** Computes in a scope that is closed before anything is waited for, and returns what the tensors held. */
export function reading(compute: () => readonly Tensor[]): Promise<Result[]> {
  using _ = scope()
  return Promise.all(compute().map(async (tensor) => ({ shape: tensor.shape, data: await tensor.read() })))
}
