import type { Head } from '../protocol.ts'

/** The same part of each head, and of their mean: [layers, heads + 1, …], the mean last. */
export async function everyHead(
  layers: readonly number[],
  heads: number,
  part: (layer: number, head: Head) => Promise<Float32Array>,
): Promise<Float32Array<ArrayBuffer>> {
  const all = layers.flatMap((layer) => [...upTo(heads), 'mean' as const].map((head) => ({ layer, head })))
  let out = new Float32Array()
  for (const [n, { layer, head }] of all.entries()) {
    const weights = await part(layer, head)
    if (n === 0) out = new Float32Array(all.length * weights.length)
    out.set(weights, n * weights.length)
  }
  return out
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index)
