/** From stored numbers to tensors: which dtype holds which stored type, and the conversion, a piece at a time. */

import { memoryFor } from '../backend/index.ts'
import { bfloat16ToNumber, type DType, empty, float16ToNumber, isFloat, type Tensor } from '../tensor/index.ts'
import type { Safetensors, StoredTensor, StoredType } from './safetensors.ts'

/** What a stored type becomes when the caller names no dtype; those not listed cannot be loaded. */
const NATURAL: Partial<Record<StoredType, DType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int32',
  I32: 'int32',
  I16: 'int32',
  U16: 'int32',
  I8: 'int32',
  U8: 'int32',
  BOOL: 'bool',
}

const PIECE = 2 ** 18

/** What reading uses again and again: bytes as they come, and as floats. */
export class Scratch {
  readonly bytes = new Uint8Array(PIECE)
  #floats: Float32Array | undefined

  floats(length: number): Float32Array {
    this.#floats ??= new Float32Array(PIECE / 2)
    return this.#floats.subarray(0, length)
  }
}

/**
 * Tensor `name` of the file as a Regard tensor. `dtype`: floats may be loaded as 'float32' or 'float64' (exact but for 64-bit
 * floats loaded as 32); integers become int32 and are refused if they do not fit.
 */
export async function loadTensor(file: Safetensors, name: string, dtype?: 'float32' | 'float64'): Promise<Tensor> {
  const stored = file.tensors.get(name)
  if (!stored) throw new Error(`${file.source.name}: has no tensor ${JSON.stringify(name)}`)
  const natural = naturalType(file, stored)
  const target = dtype && isFloat(natural) ? dtype : natural
  const tensor = empty(memoryFor(target, 'loadTensor'), stored.shape, target, 'loadTensor')
  try {
    await fillTensor(file, stored, tensor)
  } catch (error) {
    tensor.dispose()
    throw error
  }
  return tensor
}

/** The dtype that holds this tensor; throws one line for the types that Regard cannot compute with. */
export function naturalType(file: Safetensors, stored: StoredTensor): DType {
  const found = NATURAL[stored.dtype]
  if (!found)
    throw new Error(
      `${file.source.name}: tensor ${JSON.stringify(stored.name)} is stored as ${stored.dtype}, which cannot be loaded; ${Object.keys(NATURAL).join(', ')} can`,
    )
  return found
}

/** Writes the stored numbers into a contiguous tensor of the same size, `PIECE` bytes at a time. Tells how many bytes went in. */
export async function fillTensor(
  file: Safetensors,
  stored: StoredTensor,
  tensor: Tensor,
  { tell, scratch = new Scratch() }: { tell?: (bytes: number) => void; scratch?: Scratch } = {},
): Promise<void> {
  const { memory, storage, dtype } = tensor
  const width = stored.bytes / Math.max(1, tensor.size)
  let done = 0
  for (let from = 0; from < stored.bytes; from += PIECE) {
    const bytes = await file.source.read(stored.offset + from, Math.min(PIECE, stored.bytes - from), scratch.bytes)
    const piece = convert(file, stored, bytes, dtype, scratch)
    if (tensor.disposed) throw new Error(`${file.source.name}: the model was disposed while it was loaded`)
    memory.write(storage.handle, (tensor.offset + done) * piece.BYTES_PER_ELEMENT, piece)
    done += bytes.length / width
    tell?.(bytes.length)
  }
}

type Numbers = Float32Array | Float64Array | Uint16Array | Int32Array | Uint8Array

function convert(file: Safetensors, stored: StoredTensor, bytes: Uint8Array<ArrayBuffer>, dtype: DType, scratch: Scratch): Numbers {
  const raw = numbersOf(stored.dtype, bytes)
  if (raw instanceof BigInt64Array || dtype === 'int32') return integers(file, stored, raw)
  if (dtype === 'bool') return (raw as Uint8Array).map((value) => (value === 0 ? 0 : 1))
  if (dtype === 'float16' || dtype === 'bfloat16') return raw as Uint16Array
  const floats = widen(stored.dtype, raw, scratch)
  if (dtype === 'float64') return floats instanceof Float64Array ? floats : Float64Array.from(floats)
  return floats instanceof Float32Array ? floats : Float32Array.from(floats)
}

type Raw = Numbers | Int16Array | Int8Array | BigInt64Array

function numbersOf(type: StoredType, bytes: Uint8Array<ArrayBuffer>): Raw {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  const over = <T>(make: new (buffer: ArrayBuffer, offset: number, length: number) => T, size: number): T =>
    new make(aligned.buffer, aligned.byteOffset, aligned.length / size)
  switch (type) {
    case 'F64':
      return over(Float64Array, 8)
    case 'F32':
      return over(Float32Array, 4)
    case 'I64':
      return over(BigInt64Array, 8)
    case 'I32':
      return over(Int32Array, 4)
    case 'I16':
      return over(Int16Array, 2)
    case 'I8':
      return over(Int8Array, 1)
    case 'U16':
    case 'F16':
    case 'BF16':
      return over(Uint16Array, 2)
    default:
      return aligned
  }
}

function integers(file: Safetensors, stored: StoredTensor, raw: Raw): Int32Array {
  const out = new Int32Array(raw.length)
  for (let n = 0; n < raw.length; n++) {
    const value = Number(raw[n])
    out[n] = value
    if (out[n] !== value)
      throw new RangeError(`${file.source.name}: tensor ${JSON.stringify(stored.name)} holds ${value}, which does not fit int32`)
  }
  return out
}

function widen(type: StoredType, raw: Raw, scratch: Scratch): Float32Array | Float64Array {
  if (raw instanceof Float32Array || raw instanceof Float64Array) return raw
  const table = type === 'F16' ? float16Table() : bfloat16Table()
  const out = scratch.floats(raw.length)
  for (let n = 0; n < raw.length; n++) out[n] = table[raw[n] as number]!
  return out
}

/** All 65 536 values of a 16-bit float, as float32: looking up is faster than taking bits apart. */
const tableOf = (toNumber: (bits: number) => number): (() => Float32Array) => {
  let made: Float32Array | undefined
  return () => {
    made ??= Float32Array.from({ length: 65_536 }, (_, bits) => toNumber(bits))
    return made
  }
}

const float16Table = tableOf(float16ToNumber)
const bfloat16Table = tableOf(bfloat16ToNumber)
