/** softmax(q·kᵀ/√d)·v as a textbook writes it: arrays of numbers, every score and every weight stored. */
export function attention(q: number[][], k: number[][], v: number[][]): number[][] {
  const scale = 1 / Math.sqrt(q[0]!.length)
  const scores = q.map((row) => k.map((key) => row.reduce((sum, x, d) => sum + x * key[d]!, 0) * scale))
  const weights = scores.map((row) => {
    const top = row.reduce((a, b) => Math.max(a, b), -Infinity)
    const e = row.map((s) => Math.exp(s - top))
    const sum = e.reduce((a, b) => a + b, 0)
    return e.map((x) => x / sum)
  })
  return weights.map((row) => v[0]!.map((_, d) => row.reduce((sum, w, j) => sum + w * v[j]![d]!, 0)))
}
