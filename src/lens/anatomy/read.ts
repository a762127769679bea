/** From operations to plain numbers. */

import { scope, type Tensor } from '../../tensor/index.ts'

export type Numbers = Float32Array | Float64Array

/**
 * Runs `make`, which gives back tensors of its own by name, reads them and frees them. A tensor that lives on elsewhere must be given as a
 * view (`slice`, `reshape`), never itself.
 */
export async function numbersOf<K extends string>(make: () => Record<K, Tensor>): Promise<Record<K, Numbers>> {
  const made = Object.entries(kept(make)) as [K, Tensor][]
  try {
    const read = await Promise.all(made.map(async ([name, tensor]) => [name, (await tensor.read()) as Numbers] as const))
    return Object.fromEntries(read) as Record<K, Numbers>
  } finally {
    for (const [, tensor] of made) tensor.dispose()
  }
}

function kept<K extends string>(make: () => Record<K, Tensor>): Record<K, Tensor> {
  using s = scope()
  const made = make()
  for (const tensor of Object.values<Tensor>(made)) s.keep(tensor)
  return made
}
