/** Operations number by number over strided views, and copies that convert. */

import { activate, one } from './activation'
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './halves'

/** Mirrors ELEMENTWISE in src/backend/wasm/layout.ts. Strides in bytes; the last axis is the run. */
@unmanaged
export class Elementwise {
  a: usize; b: usize; out: usize
  /** What is done: see unaryTask, binaryTask, copyTask. */
  f: i32
  /** Outer axes (at most 6) and the run. */
  rank: i32; run: i32
  d0: i32; d1: i32; d2: i32; d3: i32; d4: i32; d5: i32
  a0: i32; a1: i32; a2: i32; a3: i32; a4: i32; a5: i32
  b0: i32; b1: i32; b2: i32; b3: i32; b4: i32; b5: i32
  o0: i32; o1: i32; o2: i32; o3: i32; o4: i32; o5: i32
  /** Strides along the run. */
  aRun: i32; bRun: i32; oRun: i32
  /** Outer positions of a task, or numbers of the run if there is one outer position. */
  perTask: i32
  outer: i32
  /** Number types of a copy: 0 float32, 1 float16, 2 bfloat16, 3 int32, 4 bool. */
  from: i32; to: i32
}

let atA: usize = 0
let atB: usize = 0
let atOut: usize = 0

/** Where outer position `n` begins in each operand. */
function locate(p: Elementwise, n: i32): void {
  let a: usize = p.a, b: usize = p.b, out: usize = p.out
  const base = changetype<usize>(p) + offsetof<Elementwise>('d0')
  for (let axis = p.rank - 1; axis >= 0; axis--) {
    const at = base + (<usize>axis << 2)
    const d = load<i32>(at)
    const x = n % d
    n /= d
    a += <usize>(x * load<i32>(at, 24))
    b += <usize>(x * load<i32>(at, 48))
    out += <usize>(x * load<i32>(at, 72))
  }
  atA = a
  atB = b
  atOut = out
}

export function unaryTask(p: Elementwise, task: i32): void {
  if (p.outer == 1) {
    const from = task * p.perTask
    unaryRun(p, p.a + <usize>(from * p.aRun), p.out + <usize>(from * p.oRun), min(p.perTask, p.run - from))
    return
  }
  for (let n = task * p.perTask, end = min(p.outer, n + p.perTask); n < end; n++) {
    locate(p, n)
    unaryRun(p, atA, atOut, p.run)
  }
}

function unaryRun(p: Elementwise, a: usize, out: usize, n: i32): void {
  if (p.aRun == 4 && p.oRun == 4) {
    activate(p.f, a, out, n)
    return
  }
  for (let k = 0; k < n; k++) {
    store<f32>(out, one(p.f, load<f32>(a)))
    a += <usize>p.aRun
    out += <usize>p.oRun
  }
}

export function binaryTask(p: Elementwise, task: i32): void {
  if (p.outer == 1) {
    const from = task * p.perTask
    binaryRun(p, p.a + <usize>(from * p.aRun), p.b + <usize>(from * p.bRun), p.out + <usize>(from * p.oRun), min(p.perTask, p.run - from))
    return
  }
  for (let n = task * p.perTask, end = min(p.outer, n + p.perTask); n < end; n++) {
    locate(p, n)
    binaryRun(p, atA, atB, atOut, p.run)
  }
}

function binaryRun(p: Elementwise, a: usize, b: usize, out: usize, n: i32): void {
  let k = 0
  if (p.oRun == 4 && (p.aRun == 4 || p.aRun == 0) && (p.bRun == 4 || p.bRun == 0)) {
    const x = v128.load32_splat(a), y = v128.load32_splat(b)
    for (; k + 4 <= n; k += 4) {
      v128.store(out, combine(p.f, p.aRun ? v128.load(a) : x, p.bRun ? v128.load(b) : y))
      out += 16
      a += <usize>(p.aRun << 2)
      b += <usize>(p.bRun << 2)
    }
  }
  for (; k < n; k++) {
    store<f32>(out, f32x4.extract_lane(combine(p.f, v128.load32_splat(a), v128.load32_splat(b)), 0))
    a += <usize>p.aRun
    b += <usize>p.bRun
    out += <usize>p.oRun
  }
}

// @ts-ignore: decorator
@inline function combine(f: i32, x: v128, y: v128): v128 {
  switch (f) {
    case 0: return f32x4.add(x, y)
    case 1: return f32x4.sub(x, y)
    case 2: return f32x4.mul(x, y)
    case 3: return f32x4.div(x, y)
    case 4: return f32x4.min(x, y)
    default: return f32x4.max(x, y)
  }
}

export function copyTask(p: Elementwise, task: i32): void {
  if (p.outer == 1) {
    const from = task * p.perTask
    copyRun(p, p.a + <usize>(from * p.aRun), p.out + <usize>(from * p.oRun), min(p.perTask, p.run - from))
    return
  }
  for (let n = task * p.perTask, end = min(p.outer, n + p.perTask); n < end; n++) {
    locate(p, n)
    copyRun(p, atA, atOut, p.run)
  }
}

function copyRun(p: Elementwise, a: usize, out: usize, n: i32): void {
  if (p.from == p.to && p.aRun == p.oRun && p.aRun == sizeOf(p.from)) {
    memory.copy(out, a, <usize>(n * p.aRun))
    return
  }
  if (p.from == p.to && sizeOf(p.from) == 4) {
    for (let k = 0; k < n; k++) {
      store<u32>(out, load<u32>(a))
      a += <usize>p.aRun
      out += <usize>p.oRun
    }
    return
  }
  for (let k = 0; k < n; k++) {
    if (p.from == p.to) sizeOf(p.from) == 1 ? store<u8>(out, load<u8>(a)) : store<u16>(out, load<u16>(a))
    else write(p.to, out, read(p.from, a))
    a += <usize>p.aRun
    out += <usize>p.oRun
  }
}

// @ts-ignore: decorator
@inline function sizeOf(type: i32): i32 {
  return type == 4 ? 1 : type == 1 || type == 2 ? 2 : 4
}

// @ts-ignore: decorator
@inline function read(type: i32, at: usize): f64 {
  switch (type) {
    case 0: return <f64>load<f32>(at)
    case 1: return <f64>fromFloat16(load<u16>(at))
    case 2: return <f64>fromBfloat16(load<u16>(at))
    case 3: return <f64>load<i32>(at)
    default: return <f64>load<u8>(at)
  }
}

// @ts-ignore: decorator
@inline function write(type: i32, at: usize, x: f64): void {
  switch (type) {
    case 0: store<f32>(at, <f32>x); break
    case 1: store<u16>(at, toFloat16(x)); break
    case 2: store<u16>(at, toBfloat16(<f32>x)); break
    case 3: store<i32>(at, <i32>x); break
    default: store<u8>(at, x != 0 ? 1 : 0)
  }
}
