/** Four queries at a time: every key and value that is loaded serves four rows, and four sums run side by side. */
export function attention(q: Float32Array, k: Float32Array, v: Float32Array, out: Float32Array, width: number): void {
  const length = k.length / width
  const rows = [0, 1, 2, 3].map(() => new Float32Array(length))
  for (let i = 0; i < length; i += 4) {
    score4(q.subarray(i * width, (i + 4) * width), k, rows, width)
    for (const row of rows) softmax(row)
    blend4(rows, v, out.subarray(i * width, (i + 4) * width), width)
  }
}

function score4(q: Float32Array, k: Float32Array, rows: Float32Array[], width: number): void {
  const [r0, r1, r2, r3] = rows as [Float32Array, Float32Array, Float32Array, Float32Array]
  const scale = 1 / Math.sqrt(width)
  for (let j = 0; j < r0.length; j++) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let n = 0; n < width; n++) {
      const key = k[j * width + n]!
      a += q[n]! * key
      b += q[width + n]! * key
      c += q[2 * width + n]! * key
      d += q[3 * width + n]! * key
    }
    r0[j] = a * scale
    r1[j] = b * scale
    r2[j] = c * scale
    r3[j] = d * scale
  }
}

function softmax(row: Float32Array): void {
  let top = -Infinity
  for (let j = 0; j < row.length; j++) if (row[j]! > top) top = row[j]!
  let sum = 0
  for (let j = 0; j < row.length; j++) sum += row[j] = Math.exp(row[j]! - top)
  for (let j = 0; j < row.length; j++) row[j]! /= sum
}

function blend4(rows: Float32Array[], v: Float32Array, out: Float32Array, width: number): void {
  const [r0, r1, r2, r3] = rows as [Float32Array, Float32Array, Float32Array, Float32Array]
  out.fill(0)
  for (let j = 0; j < r0.length; j++) {
    const a = r0[j]!
    const b = r1[j]!
    const c = r2[j]!
    const d = r3[j]!
    for (let n = 0; n < width; n++) {
      const value = v[j * width + n]!
      out[n]! += a * value
      out[width + n]! += b * value
      out[2 * width + n]! += c * value
      out[3 * width + n]! += d * value
    }
  }
}
