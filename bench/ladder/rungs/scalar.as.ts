/** The rows of rows.ts in AssemblyScript: the same loops, compiled ahead, on plain float32 numbers. D = 64. */

const D: i32 = 64
const SCALE: f32 = 0.125

export function attention(q: usize, k: usize, v: usize, out: usize, scratch: usize, length: i32): void {
  for (let i: i32 = 0; i < length; i++) {
    const row = q + ((<usize>(i * D)) << 2)
    let top: f32 = -Infinity
    for (let j: i32 = 0; j < length; j++) {
      const key = k + ((<usize>(j * D)) << 2)
      let dot: f32 = 0
      for (let d: i32 = 0; d < D; d++) dot += load<f32>(row + ((<usize>d) << 2)) * load<f32>(key + ((<usize>d) << 2))
      dot *= SCALE
      store<f32>(scratch + ((<usize>j) << 2), dot)
      top = max(top, dot)
    }
    let sum: f32 = 0
    for (let j: i32 = 0; j < length; j++) {
      const e = Mathf.exp(load<f32>(scratch + ((<usize>j) << 2)) - top)
      store<f32>(scratch + ((<usize>j) << 2), e)
      sum += e
    }
    blend(v, out + ((<usize>(i * D)) << 2), scratch, length, sum)
  }
}

function blend(v: usize, out: usize, weights: usize, length: i32, sum: f32): void {
  memory.fill(out, 0, D << 2)
  for (let j: i32 = 0; j < length; j++) {
    const weight = load<f32>(weights + ((<usize>j) << 2)) / sum
    const value = v + ((<usize>(j * D)) << 2)
    for (let d: i32 = 0; d < D; d++) {
      const at = (<usize>d) << 2
      store<f32>(out + at, load<f32>(out + at) + weight * load<f32>(value + at))
    }
  }
}
