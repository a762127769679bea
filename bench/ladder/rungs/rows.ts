/** One query at a time over typed arrays: one row of scores is held, keys and values are walked in the order they lie in memory. */
export function attention(q: Float32Array, k: Float32Array, v: Float32Array, out: Float32Array, width: number): void {
  const length = k.length / width
  const scale = 1 / Math.sqrt(width)
  const row = new Float32Array(length)
  for (let i = 0; i < length; i++) {
    let top = -Infinity
    for (let j = 0; j < length; j++) {
      let dot = 0
      for (let d = 0; d < width; d++) dot += q[i * width + d]! * k[j * width + d]!
      row[j] = dot * scale
      if (row[j]! > top) top = row[j]!
    }
    let sum = 0
    for (let j = 0; j < length; j++) sum += row[j] = Math.exp(row[j]! - top)
    const o = out.subarray(i * width, (i + 1) * width).fill(0)
    for (let j = 0; j < length; j++) {
      const weight = row[j]! / sum
      for (let d = 0; d < width; d++) o[d]! += weight * v[j * width + d]!
    }
  }
}
