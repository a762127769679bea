/**
 * Reads safetensors (https://github.com/huggingface/safetensors): eight bytes of header length N, N bytes of JSON that say where each
 * tensor lies, then the numbers. Strict as the reference reader, and stricter where the format's text is: a key given twice is
 * refused. Nothing is allocated by a length that was not checked against the file.
 */

import { brief } from './check.ts'
import type { Source } from './source.ts'
import { parseStrictJson, type StrictJson } from './strict-json.ts'

/** Bits an element takes, by the names that files use. */
const BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const

export type StoredType = keyof typeof BITS

export function bitsOf(dtype: StoredType): number {
  return BITS[dtype]
}

export interface StoredTensor {
  readonly name: string
  readonly dtype: StoredType
  readonly shape: readonly number[]
  /** Where its bytes lie in the file. */
  readonly offset: number
  readonly bytes: number
}

/** The reasons for refusal, by the names of the reference reader. */
export type SafetensorsFault =
  | 'HeaderTooSmall'
  | 'HeaderTooLarge'
  | 'InvalidHeaderLength'
  | 'InvalidHeader'
  | 'InvalidHeaderDeserialization'
  | 'InvalidOffset'
  | 'ValidationOverflow'
  | 'MisalignedSlice'
  | 'TensorInvalidInfo'
  | 'MetadataIncompleteBuffer'

/** One line: which file, what is wrong with it, and why that matters. */
export class SafetensorsError extends Error {
  override name = 'SafetensorsError'
  readonly fault: SafetensorsFault

  constructor(file: string, what: string, fault: SafetensorsFault) {
    super(brief(`${file}: ${what} (${fault})`))
    this.fault = fault
  }
}

export interface Safetensors {
  readonly source: Source
  /** The file's own notes, string to string. */
  readonly metadata: ReadonlyMap<string, string>
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

/** The reference reader's limit on the header. */
const LONGEST_HEADER = 100_000_000

/** Reads and checks the header; the numbers stay where they are until `readStored`. */
export async function openSafetensors(source: Source): Promise<Safetensors> {
  const refuse = (what: string, fault: SafetensorsFault): never => {
    throw new SafetensorsError(source.name, what, fault)
  }
  if (source.size < 8) refuse(`has ${source.size} bytes, too few for a header`, 'HeaderTooSmall')
  const first = await source.read(0, 8)
  const said = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true)
  if (said > LONGEST_HEADER) refuse(`its header is said to be ${said} bytes long, the limit is ${LONGEST_HEADER}`, 'HeaderTooLarge')
  const length = Number(said)
  if (8 + length > source.size)
    refuse(`its header is said to be ${length} bytes long, the file has ${source.size}; is it cut off?`, 'InvalidHeaderLength')
  const { metadata, tensors } = parseHeader(decode(await source.read(8, length), refuse), refuse)
  checkLayout(tensors, refuse)
  const end = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0)
  if (8 + length + end !== source.size)
    refuse(
      `its header describes ${8 + length + end} bytes, the file has ${source.size}; is it cut off?`,
      'MetadataIncompleteBuffer',
    )
  const placed = tensors.map((tensor): [string, StoredTensor] => [tensor.name, { ...tensor, offset: 8 + length + tensor.offset }])
  return { source, metadata, tensors: new Map(placed) }
}

/** The bytes of one tensor, as stored: little-endian, row-major. A view where the source is memory. */
export function readStored(file: Safetensors, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const tensor = file.tensors.get(name)
  if (!tensor) throw new Error(`${file.source.name}: has no tensor ${JSON.stringify(name)}`)
  return file.source.read(tensor.offset, tensor.bytes)
}

type Refuse = (what: string, fault: SafetensorsFault) => never

function decode(bytes: Uint8Array, refuse: Refuse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse('its header is not UTF-8 text', 'InvalidHeader')
  }
}

function parseHeader(text: string, refuse: Refuse): { metadata: Map<string, string>; tensors: StoredTensor[] } {
  let header: StrictJson
  try {
    header = parseStrictJson(text)
  } catch (error) {
    return refuse(`its header is not JSON: ${(error as Error).message}`, 'InvalidHeaderDeserialization')
  }
  if (!(header instanceof Map)) return refuse('its header is not an object', 'InvalidHeaderDeserialization')
  const metadata = parseMetadata(header.get('__metadata__'), refuse)
  header.delete('__metadata__')
  const tensors = [...header].map(([name, value]) => parseTensor(name, value, refuse))
  return { metadata, tensors: tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes) }
}

function parseMetadata(value: StrictJson | undefined, refuse: Refuse): Map<string, string> {
  if (value === undefined || value === null) return new Map()
  if (value instanceof Map && [...value.values()].every((entry) => typeof entry === 'string')) return value as Map<string, string>
  return refuse('__metadata__ must map strings to strings', 'InvalidHeaderDeserialization')
}

function parseTensor(name: string, value: StrictJson, refuse: Refuse): StoredTensor {
  const label = `tensor ${JSON.stringify(name)}`
  const bad = (what: string): never => refuse(`${label} ${what}`, 'InvalidHeaderDeserialization')
  if (!(value instanceof Map)) return bad('is not described by an object')
  const dtype = value.get('dtype')
  if (typeof dtype !== 'string' || !Object.hasOwn(BITS, dtype)) return bad(`has the unknown dtype ${showValue(dtype)}`)
  const shape = counts(value.get('shape')) ?? bad('has a shape that is not a list of integers ≥ 0')
  const offsets = counts(value.get('data_offsets'))
  if (offsets?.length !== 2) return bad('has data_offsets that are not two integers ≥ 0')
  const [begin, end] = offsets as [bigint, bigint]
  if (end < begin) refuse(`${label} ends at ${end} before it begins at ${begin}`, 'InvalidOffset')
  const needed = sizeInBytes(label, dtype as StoredType, shape, refuse)
  if (end - begin !== needed)
    refuse(
      `${label} is ${dtype} [${shape}] and needs ${needed} bytes, its data_offsets give it ${end - begin}`,
      'TensorInvalidInfo',
    )
  if (end > BigInt(Number.MAX_SAFE_INTEGER)) refuse(`${label} ends at ${end}, beyond any file`, 'InvalidOffset')
  return { name, dtype: dtype as StoredType, shape: shape.map(Number), offset: Number(begin), bytes: Number(needed) }
}

/** As the reference reader counts, in unsigned 64-bit integers: what overflows on the way is refused even if a later axis is 0. */
function sizeInBytes(label: string, dtype: StoredType, shape: readonly bigint[], refuse: Refuse): bigint {
  let bits = 1n
  for (const factor of [...shape, BigInt(BITS[dtype])]) {
    bits *= factor
    if (bits >= 1n << 64n) refuse(`${label} has a shape too large to count, [${shape}]`, 'ValidationOverflow')
  }
  if (bits % 8n !== 0n) refuse(`${label} is ${dtype} [${shape}], which does not fill whole bytes`, 'MisalignedSlice')
  return bits / 8n
}

function counts(value: StrictJson | undefined): bigint[] | undefined {
  if (!Array.isArray(value)) return undefined
  const fits = value.every((entry) => typeof entry === 'bigint' && entry >= 0n && entry < 1n << 64n)
  return fits ? (value as bigint[]) : undefined
}

function showValue(value: StrictJson | undefined): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 40))
    : value instanceof Map
      ? 'object'
      : String(value).slice(0, 40)
}

/** Tensors lie side by side from byte 0, without holes or overlap: each byte belongs to one tensor. */
function checkLayout(tensors: readonly StoredTensor[], refuse: Refuse): void {
  let end = 0
  for (const tensor of tensors) {
    if (tensor.offset !== end)
      refuse(
        `tensor ${JSON.stringify(tensor.name)} begins at byte ${tensor.offset}, the one before it ends at ${end}`,
        'InvalidOffset',
      )
    end += tensor.bytes
  }
}
