/**
 * Vector constants in memory. V8 does not hoist a constant vector out of a loop, and Binaryen folds a splat of a constant back
 * into one; so loops load these once and keep them in registers.
 */

/** Memory map, shared with src/backend/wasm/layout.ts. */
export const CONSTANTS: usize = 1024
export const CONTROL: usize = 2048
/** The pool's queues, a cache line each, for up to 64 threads; the heap begins behind them. */
export const QUEUES: usize = 61440

// @ts-ignore: decorator
@inline export function constant(index: usize): v128 {
  return v128.load(CONSTANTS + (index << 4))
}

function put(index: usize, value: f32): void {
  v128.store(CONSTANTS + (index << 4), f32x4.splat(value))
}

function putBits(index: usize, bits: u32): void {
  v128.store(CONSTANTS + (index << 4), i32x4.splat(bits))
}

/** Writes the table. Every instance may do so: the bytes are the same. */
export function writeConstants(): void {
  // exp: log2(e), the smallest exponent, 1.5·2^23 (whose low mantissa bits take the rounded integer), then 2^r on [−½, ½]:
  // 1 + r·p(r), p minimax of degree 4 in relative error (9.2e-8), fitted by iteratively reweighted least squares.
  put(0, <f32>1.44269504088896341)
  put(1, <f32>-126)
  put(2, <f32>12582912)
  put(3, <f32>0.001326472731307149)
  put(4, <f32>0.009671512991189957)
  put(5, <f32>0.05550733581185341)
  put(6, <f32>0.24022242426872253)
  put(7, <f32>0.6931470036506653)
  put(8, <f32>1)
  // The floor of weights where none need be 0: far below what float32 can add to 1, far above where numbers turn subnormal and slow.
  put(12, <f32>-100)
  // gelu: half of P of math.ts, highest power first; 1/√2; ½; −log2 e
  put(16, <f32>-0.02891738899052143)
  put(17, <f32>0.13924306631088257)
  put(18, <f32>-0.23721446096897125)
  put(19, <f32>0.13161754608154297)
  put(20, <f32>-0.00811269972473383)
  put(21, <f32>0.09909642487764359)
  put(22, <f32>0.1221342459321022)
  put(23, <f32>0.14110514521598816)
  put(24, <f32>0.14104808866977692)
  put(25, <f32>0.7071067811865476)
  put(26, <f32>0.5)
  put(27, <f32>-1.44269504088896341)
  // the tanh form of GELU: 2√(2/π) · 0.044715 and 2√(2/π); the least exponent that still leaves a subnormal number
  put(28, <f32>0.07135481627159897)
  put(29, <f32>1.5957691216057308)
  put(30, <f32>-150)
  // 1/√(2π)
  put(31, <f32>0.3989422804014327)
  // float16 widened: the upper bits of its exponent, the same with its sign, and what takes 2^112 away again.
  putBits(9, 0x70000000)
  putBits(10, 0xf0000000)
  putBits(11, 0x07800000)
  // Of pairs of 16 bits: 2^13 times the first, 2^13 times the second; the second alone.
  putBits(13, 0x00002000)
  putBits(14, 0x20000000)
  putBits(15, 0xffff0000)
}
