/**
 * Writes WebAssembly in its binary format: https://webassembly.github.io/spec/core/binary/.
 * `Code` is a stretch of instructions; a `FunctionBuilder` owns the locals that several stretches share; `encodeModule` wraps functions.
 */

import { MEMORY, type MemoryAccess, PLAIN, type Plain, VALUE_TYPE, type ValueType, VECTOR, type Vector } from './opcodes.ts'

/** A local variable of a function, by its number. */
export type Local = number

/** Instructions in order. Methods append and return the code itself, so that a line reads as the stack machine runs. */
export class Code {
  readonly bytes: number[] = []

  op(name: Plain): this {
    this.bytes.push(PLAIN[name])
    return this
  }

  vector(name: Vector): this {
    this.bytes.push(0xfd)
    unsigned(this.bytes, VECTOR[name])
    return this
  }

  get(local: Local): this {
    return this.indexed(0x20, local)
  }

  set(local: Local): this {
    return this.indexed(0x21, local)
  }

  tee(local: Local): this {
    return this.indexed(0x22, local)
  }

  i32(value: number): this {
    this.bytes.push(0x41)
    signed(this.bytes, value | 0)
    return this
  }

  f32(value: number): this {
    this.bytes.push(0x43, ...float32Bytes(value))
    return this
  }

  /** Loads from, or stores to, the address on the stack plus `offset` bytes. No alignment is promised beyond a byte. */
  memory(name: MemoryAccess, offset = 0): this {
    this.bytes.push(...MEMORY[name], 0)
    unsigned(this.bytes, offset)
    return this
  }

  /** float32 → int32 towards 0; NaN gives 0, what is too large the largest. */
  truncate(): this {
    this.bytes.push(0xfc, 0)
    return this
  }

  extractLane(type: 'i32x4' | 'f32x4', lane: number): this {
    this.bytes.push(0xfd, type === 'i32x4' ? 27 : 31, lane)
    return this
  }

  /** The lanes of a vector from last to first; a lane has `size` bytes. */
  reversed(vector: Local, size: number): this {
    this.get(vector).get(vector)
    this.bytes.push(0xfd, 13)
    for (let byte = 0; byte < 16; byte++) this.bytes.push(16 - size - (byte - (byte % size)) + (byte % size))
    return this
  }

  /** Repeats `body` while it leaves something other than 0 on the stack; at least once. */
  repeat(body: (code: this) => void): this {
    this.bytes.push(0x03, 0x40)
    body(this)
    this.bytes.push(0x0d, 0, 0x0b)
    return this
  }

  /** Runs `yes` if the stack holds something other than 0, else `no`. */
  if(yes: (code: this) => void, no?: (code: this) => void): this {
    this.bytes.push(0x04, 0x40)
    yes(this)
    if (no) {
      this.bytes.push(0x05)
      no(this)
    }
    this.bytes.push(0x0b)
    return this
  }

  /** Chooses between two values of the same type by the i32 on the stack: the first unless it is 0. */
  select(): this {
    this.bytes.push(0x1b)
    return this
  }

  /** Adds to an i32 local. */
  add(local: Local, by: number): this {
    return by === 0 ? this : this.get(local).i32(by).op('i32.add').set(local)
  }

  append(other: Code): this {
    for (const byte of other.bytes) this.bytes.push(byte)
    return this
  }

  private indexed(opcode: number, index: number): this {
    this.bytes.push(opcode)
    unsigned(this.bytes, index)
    return this
  }
}

/** The locals of one function whose parameters are all i32. */
export class FunctionBuilder {
  private readonly types: ValueType[] = []
  readonly name: string
  readonly parameters: number

  constructor(name: string, parameters: number) {
    this.name = name
    this.parameters = parameters
  }

  local(type: ValueType): Local {
    this.types.push(type)
    return this.parameters + this.types.length - 1
  }

  /** The function's entry in the code section: locals in runs of one type, then instructions. */
  encode(code: Code): number[] {
    const runs: [count: number, type: ValueType][] = []
    for (const type of this.types) {
      const last = runs.at(-1)
      if (last?.[1] === type) last[0]++
      else runs.push([1, type])
    }
    const body: number[] = []
    unsigned(body, runs.length)
    for (const [count, type] of runs) {
      unsigned(body, count)
      body.push(VALUE_TYPE[type])
    }
    for (const byte of code.bytes) body.push(byte)
    body.push(0x0b)
    return sized(body)
  }
}

/** A module of one exported function from i32s to nothing, over an imported shared memory `env.memory` of up to 4 GiB. */
export function encodeModule(builder: FunctionBuilder, code: Code): Uint8Array<ArrayBuffer> {
  const type = [0x60, builder.parameters, ...Array<number>(builder.parameters).fill(VALUE_TYPE.i32), 0]
  const memory = [...text('env'), ...text('memory'), 0x02, 0x03]
  unsigned(memory, 1)
  unsigned(memory, 65536)
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, ...type]),
    ...section(2, [1, ...memory]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text(builder.name), 0x00, 0]),
    ...section(10, [1, ...builder.encode(code)]),
  ])
}

function section(id: number, content: number[]): number[] {
  return [id, ...sized(content)]
}

function sized(content: number[]): number[] {
  const out: number[] = []
  unsigned(out, content.length)
  return out.concat(content)
}

function text(name: string): number[] {
  return sized([...new TextEncoder().encode(name)])
}

const word = new DataView(new ArrayBuffer(4))

function float32Bytes(value: number): number[] {
  word.setFloat32(0, value, true)
  return [0, 1, 2, 3].map((n) => word.getUint8(n))
}

/** LEB128 of a number from 0 to 2³² − 1. */
function unsigned(out: number[], value: number): void {
  let rest = value >>> 0
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  out.push(rest)
}

/** LEB128 of a 32-bit number with its sign. */
function signed(out: number[], value: number): void {
  let rest = value
  while (rest < -64 || rest > 63) {
    out.push((rest & 0x7f) | 0x80)
    rest >>= 7
  }
  out.push(rest & 0x7f)
}
