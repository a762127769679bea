/** The tensors of a small file in safetensors format that holds float32 and booleans. */

import { readFileSync } from 'node:fs'
import type { CaseArray } from '../support/cases.ts'

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, CaseArray>
  readonly metadata: Readonly<Record<string, string>>
}

export function readTensorFile(file: URL): TensorFile {
  const bytes = Uint8Array.from(readFileSync(file))
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  const tensors = new Map<string, CaseArray>()
  for (const [name, entry] of Object.entries(entries) as [
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] },
  ][]) {
    const data = bytes.slice(8 + length + entry.data_offsets[0], 8 + length + entry.data_offsets[1])
    const numbers = entry.dtype === 'BOOL' ? Float64Array.from(data) : Float64Array.from(new Float32Array(data.buffer))
    tensors.set(name, { name, dtype: entry.dtype === 'BOOL' ? 'bool' : 'float32', shape: entry.shape, numbers })
  }
  return { tensors, metadata }
}
