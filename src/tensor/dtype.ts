/**
 * Number types. Arithmetic runs in float32 (WASM) or float64 (reference); 16-bit floats are storage, widened when read.
 */

/** 'int8' is only made by `quantise`: a packed weight with a scale per row. */
export type DType = 'float32' | 'float64' | 'float16' | 'bfloat16' | 'int32' | 'bool' | 'int8'

/** What `tensor()` takes: 16-bit floats arrive as the raw bits in a Uint16Array, booleans as 0/1 in a Uint8Array. */
export type TensorData = Float32Array | Float64Array | Uint16Array | Int32Array | Uint8Array | Int8Array

const BYTES: Record<DType, number> = { float32: 4, float64: 8, float16: 2, bfloat16: 2, int32: 4, bool: 1, int8: 1 }

export const DTYPES = Object.keys(BYTES) as DType[]

export function bytesPerElement(dtype: DType): number {
  return BYTES[dtype]
}

export function isFloat(dtype: DType): boolean {
  return dtype !== 'int32' && dtype !== 'bool' && dtype !== 'int8'
}

/** The typed array that holds `dtype` in memory, over an existing buffer. */
export function arrayOver(dtype: DType, buffer: ArrayBufferLike, byteOffset = 0, length?: number): TensorData {
  const n = length ?? (buffer.byteLength - byteOffset) / BYTES[dtype]
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, n)
    case 'float64':
      return new Float64Array(buffer, byteOffset, n)
    case 'int32':
      return new Int32Array(buffer, byteOffset, n)
    case 'int8':
      return new Int8Array(buffer, byteOffset, n)
    case 'bool':
      return new Uint8Array(buffer, byteOffset, n)
    default:
      return new Uint16Array(buffer, byteOffset, n)
  }
}

/** The dtype a typed array stands for when the caller names none. A Uint16Array is ambiguous, so it must be named. */
export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof Uint8Array) return 'bool'
  if (data instanceof Uint16Array)
    throw new TypeError(
      `tensor: a Uint16Array holds 16-bit floats of two kinds; pass { dtype: 'float16' } or { dtype: 'bfloat16' }`,
    )
  throw new TypeError(
    `tensor: data must be a Float32Array, Float64Array, Uint16Array, Int32Array or Uint8Array, got ${describe(data)}`,
  )
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return value.constructor?.name ?? 'object'
}

const scratch = new DataView(new ArrayBuffer(4))

/** IEEE 754 binary16 bits → number. Exact. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** bfloat16 bits → number. Exact: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}

/** number → binary16 bits, rounding to nearest even. */
export function numberToFloat16(value: number): number {
  scratch.setFloat16(0, value)
  return scratch.getUint16(0)
}

/** number → bfloat16 bits, rounding to nearest even; NaN stays NaN. */
export function numberToBfloat16(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}
