/**
 * Code over vectors of four lanes, several at a time. V8 can run two adjacent v128 operations as one of 256 bits, but only where the
 * same operation stands twice in a row; so each operation here is written once and emitted for the whole group.
 */

import type { Code, FunctionBuilder, Local } from './encoder.ts'
import type { Vector } from './opcodes.ts'

/** Which instructions there are: SIMD; relaxed SIMD with it; or relaxed SIMD in an engine that pairs operations to 256 bits. */
export type Tier = 'plain' | 'relaxed' | 'wide'

/** A value of 4·n lanes in n locals; one local n times where the lanes of all groups are the same. */
export type Lanes = readonly Local[]

/**
 * The constants of a program: in memory, from where code loads them into locals before its loops. A vector constant that stands inside
 * a loop is built again at every turn, since V8 does not move it out.
 */
export class Constants {
  /** The first is 0: an empty table reads it. */
  private readonly words: number[] = [0, 0, 0, 0]
  private readonly locals = new Map<string, Local>()
  private readonly builder: FunctionBuilder
  private readonly prologue: Code
  private readonly pool: Local

  /** `pool` holds the address of the constants when the function runs; `prologue` runs before every use. */
  constructor(builder: FunctionBuilder, prologue: Code, pool: Local) {
    this.builder = builder
    this.prologue = prologue
    this.pool = pool
  }

  /** A local whose four lanes hold the float32 `value`. */
  number(value: number): Local {
    return this.bits(new Int32Array(Float32Array.of(value).buffer)[0]!)
  }

  /** A local whose four lanes hold the int32 `value`. */
  bits(value: number): Local {
    return this.load(`${value}`, 'v128.load32_splat', [value])
  }

  /** `count` locals that hold the lane numbers 0, 1, 2, … */
  laneNumbers(count: number, type: 'i32' | 'f32'): Lanes {
    const lanes = Array.from({ length: 4 * count }, (_, n) => n)
    const words = type === 'i32' ? lanes : [...new Int32Array(Float32Array.from(lanes).buffer)]
    return Array.from({ length: count }, (_, n) => this.load(`${type} lanes ${n}`, 'v128.load', words.slice(4 * n, 4 * n + 4)))
  }

  /** What `pool` must point to. */
  values(): Float32Array<ArrayBuffer> {
    return new Float32Array(Int32Array.from(this.words).buffer)
  }

  private load(key: string, load: 'v128.load' | 'v128.load32_splat', words: readonly number[]): Local {
    const known = this.locals.get(key)
    if (known !== undefined) return known
    const local = this.builder.local('v128')
    this.prologue
      .get(this.pool)
      .memory(load, 4 * this.words.length)
      .set(local)
    this.words.push(...words)
    this.locals.set(key, local)
    return local
  }
}

/** Appends vector operations to `code`; each takes and gives values of `width` vectors. */
export class VectorCode {
  readonly code: Code
  readonly width: number
  readonly tier: Tier
  private readonly builder: FunctionBuilder
  private readonly constants: Constants

  constructor(code: Code, width: number, tier: Tier, builder: FunctionBuilder, constants: Constants) {
    this.code = code
    this.width = width
    this.tier = tier
    this.builder = builder
    this.constants = constants
  }

  number(value: number): Lanes {
    return this.repeated(this.constants.number(value))
  }

  bits(value: number): Lanes {
    return this.repeated(this.constants.bits(value))
  }

  repeated(local: Local): Lanes {
    return Array<Local>(this.width).fill(local)
  }

  /** `operation` on the operands, for each vector in turn. */
  apply(operation: Vector, ...operands: readonly Lanes[]): Lanes {
    return this.each((n) => {
      for (const operand of operands) this.code.get(operand[n]!)
      this.code.vector(operation)
    })
  }

  shift(operation: 'i32x4.shl' | 'i32x4.shr_s', a: Lanes, by: number): Lanes {
    return this.each((n) => this.code.get(a[n]!).i32(by).vector(operation))
  }

  /** a · b + c, rounded once where the tier can. */
  madd(a: Lanes, b: Lanes, c: Lanes): Lanes {
    if (this.tier !== 'plain') return this.apply('f32x4.relaxed_madd', a, b, c)
    return this.each((n) => this.code.get(a[n]!).get(b[n]!).vector('f32x4.mul').get(c[n]!).vector('f32x4.add'))
  }

  /** a where the lanes of `condition` are set, else b. `condition` must be a mask: all bits of a lane set, or none. */
  select(condition: Lanes, a: Lanes, b: Lanes): Lanes {
    return this.apply(this.tier === 'plain' ? 'v128.bitselect' : 'i32x4.relaxed_laneselect', a, b, condition)
  }

  /** ((c₀ · x + c₁) · x + c₂) … by Horner's rule. */
  polynomial(x: Lanes, coefficients: readonly number[]): Lanes {
    const [first, ...rest] = coefficients.map((c) => this.number(c))
    return rest.reduce((sum, c) => this.madd(sum, x, c), first!)
  }

  /** Stores at the address in `to` plus `offset`, the last vector first: only in this order does V8 pair two stores without loss. */
  store(values: Lanes, to: Local, offset: number): void {
    for (let n = this.width - 1; n >= 0; n--) {
      this.code
        .get(to)
        .get(values[n]!)
        .memory('v128.store', offset + 16 * n)
    }
  }

  /** Leaves vector n on the stack for each n, and puts them into new locals. */
  each(emit: (n: number) => void): Lanes {
    return Array.from({ length: this.width }, (_, n) => {
      emit(n)
      const local = this.builder.local('v128')
      this.code.set(local)
      return local
    })
  }
}
