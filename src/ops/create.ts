/** New tensors from numbers. */

import { memoryFor } from '../backend/index.ts'
import {
  arrayOver,
  bytesPerElement,
  DTYPES,
  type DType,
  dtypeOf,
  empty,
  fromData,
  type Memory,
  numberToBfloat16,
  numberToFloat16,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorData,
} from '../tensor/index.ts'

export interface TensorOptions {
  /** Default: what the data is. Data of another kind is converted, each number rounded once. A Uint16Array is the raw bits of 16-bit floats. */
  dtype?: DType
  /** Puts the tensor into the memory that holds this one, so that both can enter one operation: int32 ids beside a float64 table. */
  near?: Tensor
}

/** A tensor with the given numbers, row-major, copied. A plain array is float32. */
export function tensor(data: TensorData | readonly number[], shape: Shape, options: TensorOptions = {}): Tensor {
  const dtype = options.dtype ?? (Array.isArray(data) ? 'float32' : dtypeOf(data as TensorData))
  return fromData(place('tensor', dtype, options.near), convert(data, dtype), shape, dtype)
}

/** A tensor of one number throughout. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  const dtype = options.dtype ?? 'float32'
  const memory = place('full', dtype, options.near)
  const made = empty(memory, shape, dtype, 'full')
  if (made.size > 0) memory.write(made.storage.handle, 0, convert(new Float64Array(sizeOf(shape)).fill(value), dtype))
  return made
}

function place(operation: string, dtype: DType, near: Tensor | undefined): Memory {
  if (!DTYPES.includes(dtype))
    throw new TypeError(`${operation}: dtype must be one of ${DTYPES.join(', ')}, got ${JSON.stringify(dtype)}`)
  const memory = memoryFor(dtype, operation)
  if (!near || near.memory === memory) return memory
  if (dtype === 'float64')
    throw new TypeError(
      `${operation}: float64 lives on the reference alone, so it cannot be placed near ${near}, which is on ${near.memory.name}`,
    )
  return near.memory
}

/** The data as the typed array that `dtype` is stored in. */
function convert(data: TensorData | readonly number[], dtype: DType): TensorData {
  const bits = dtype === 'float16' || dtype === 'bfloat16'
  if (data instanceof Uint16Array) {
    if (bits) return data
    throw new TypeError(
      `tensor: a Uint16Array is the raw bits of 16-bit floats, so dtype must be 'float16' or 'bfloat16', got '${dtype}'`,
    )
  }
  if (!Array.isArray(data) && dtypeOf(data as TensorData) === dtype && dtype !== 'bool') return data as TensorData
  const out = arrayOver(dtype, new ArrayBuffer(data.length * bytesPerElement(dtype)))
  const stored = storing(dtype)
  for (let n = 0; n < data.length; n++) out[n] = stored(data[n]!)
  return out
}

function storing(dtype: DType): (x: number) => number {
  if (dtype === 'float16') return numberToFloat16
  if (dtype === 'bfloat16') return numberToBfloat16
  if (dtype === 'bool') return (x) => (x === 0 ? 0 : 1)
  return (x) => x
}
