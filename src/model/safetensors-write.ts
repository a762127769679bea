/** Writes safetensors, byte for byte as the reference writer does. */

import { bitsOf, type StoredType } from './safetensors.ts'

export interface TensorToStore {
  readonly name: string
  readonly dtype: StoredType
  readonly shape: readonly number[]
  /** Row-major, little-endian. */
  readonly data: ArrayBufferView
}

/** The order of the reference writer for tensors whose elements are equally wide. */
const RANK: readonly StoredType[] = [
  'BOOL',
  'F4',
  'F6_E2M3',
  'F6_E3M2',
  'U8',
  'I8',
  'F8_E5M2',
  'F8_E4M3',
  'F8_E8M0',
  'F8_E4M3FNUZ',
  'F8_E5M2FNUZ',
  'I16',
  'U16',
  'F16',
  'BF16',
  'I32',
  'U32',
  'F32',
  'C64',
  'F64',
  'I64',
  'U64',
]

/**
 * One file: widest elements first, then by name, the header padded with spaces to a multiple of 8, so that every tensor lies
 * aligned. Metadata keys are sorted: the same content gives the same bytes.
 */
export function writeSafetensors(
  tensors: readonly TensorToStore[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort((a, b) => RANK.indexOf(b.dtype) - RANK.indexOf(a.dtype) || compareBytes(a.name, b.name))
  const entries: string[] = []
  const notes = Object.entries(metadata).sort(([a], [b]) => compareBytes(a, b))
  if (notes.length > 0)
    entries.push(`"__metadata__":{${notes.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`)
  const seen = new Set(['__metadata__'])
  let end = 0
  for (const tensor of sorted) {
    if (seen.has(tensor.name)) throw new Error(`writeSafetensors: the name ${JSON.stringify(tensor.name)} cannot be given (again)`)
    seen.add(tensor.name)
    checkSize(tensor)
    const about = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [end, end + tensor.data.byteLength] }
    entries.push(`${JSON.stringify(tensor.name)}:${JSON.stringify(about)}`)
    end += tensor.data.byteLength
  }
  return assemble(new TextEncoder().encode(`{${entries.join(',')}}`), sorted, end)
}

function checkSize({ name, dtype, shape, data }: TensorToStore): void {
  const bits = shape.reduce((product, d) => product * d, bitsOf(dtype))
  if (bits !== data.byteLength * 8)
    throw new RangeError(
      `writeSafetensors: tensor ${JSON.stringify(name)} is ${dtype} [${shape}] and needs ${bits / 8} bytes, the data has ${data.byteLength}`,
    )
}

function assemble(header: Uint8Array, tensors: readonly TensorToStore[], dataBytes: number): Uint8Array<ArrayBuffer> {
  const padded = Math.ceil(header.length / 8) * 8
  const out = new Uint8Array(8 + padded + dataBytes)
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true)
  out.fill(0x20, 8, 8 + padded)
  out.set(header, 8)
  let at = 8 + padded
  for (const { data } of tensors) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return out
}

/** Order of code points, as UTF-8 bytes compare. */
function compareBytes(a: string, b: string): number {
  const x = [...a]
  const y = [...b]
  for (let n = 0; n < Math.min(x.length, y.length); n++) {
    const difference = x[n]!.codePointAt(0)! - y[n]!.codePointAt(0)!
    if (difference !== 0) return difference
  }
  return x.length - y.length
}
