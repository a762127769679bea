/** 128-bit SIMD, one score at a time: four lanes multiply along the head's width and are added up at the end. D = 64. */

const ROW: usize = 256
const SCALE: f32 = 0.125

export function attention(q: usize, k: usize, v: usize, out: usize, scratch: usize, length: i32): void {
  const end = <usize>length * ROW
  for (let i: usize = 0; i < end; i += ROW) {
    let top: f32 = -Infinity
    let at = scratch
    for (let j: usize = 0; j < end; j += ROW) {
      const score = dot(q + i, k + j) * SCALE
      store<f32>(at, score)
      top = max(top, score)
      at += 4
    }
    let sum: f32 = 0
    for (let p = scratch; p < at; p += 4) {
      const e = Mathf.exp(load<f32>(p) - top)
      store<f32>(p, e)
      sum += e
    }
    blend(v, out + i, scratch, at, sum)
  }
}

function dot(a: usize, b: usize): f32 {
  let x = f32x4.splat(0)
  let y = f32x4.splat(0)
  for (let d: usize = 0; d < ROW; d += 32) {
    x = f32x4.add(x, f32x4.mul(v128.load(a + d), v128.load(b + d)))
    y = f32x4.add(y, f32x4.mul(v128.load(a + d, 16), v128.load(b + d, 16)))
  }
  x = f32x4.add(x, y)
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
}

function blend(v: usize, out: usize, weights: usize, end: usize, sum: f32): void {
  memory.fill(out, 0, ROW)
  for (let p = weights; p < end; p += 4) {
    const weight = f32x4.splat(load<f32>(p) / sum)
    for (let d: usize = 0; d < ROW; d += 16) v128.store(out + d, f32x4.add(v128.load(out + d), f32x4.mul(weight, v128.load(v + d))))
    v += ROW
  }
}
