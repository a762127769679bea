import type { Head } from '../protocol.ts'

/** The same part of each head, and of their mean: [layers, heads + 1, …], the mean last. */
export async function everyHead(
  layers: readonly number[],
  heads: number,
  part: (layer: number, head: Head) => Promise<Float32Array>,
): Promise<Float32Array<ArrayBuffer>> {
  const parts: Float32Array[] = []
  for (const layer of layers) for (let head = 0; head <= heads; head++) parts.push(await part(layer, head < heads ? head : 'mean'))
  const size = parts[0]?.length ?? 0
  const out = new Float32Array(parts.length * size)
  for (const [n, each] of parts.entries()) out.set(each, n * size)
  return out
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index)
