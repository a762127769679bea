/** Third-party cases: a folder with `case.json` and raw little-endian files (see the README of ../shared/conformance). */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { it } from 'vitest'
import { type DType, type Tensor, tensor } from '../../src/index.ts'
import { shared } from './shared.ts'

export interface CaseArray {
  readonly name: string
  /** ONNX: which input or output of the node this is. */
  readonly slot?: number
  readonly dtype: string
  readonly shape: readonly number[]
  /** Row-major, widened exactly; int64 must be within ±2⁵³. */
  readonly numbers: Float64Array
}

export interface Case {
  readonly name: string
  readonly op: string
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own attributes
  readonly attributes: Record<string, any>
  readonly inputs: readonly CaseArray[]
  readonly outputs: readonly CaseArray[]
  readonly tolerance: { readonly rtol: number; readonly atol: number }
}

export type Collection = 'onnx' | 'torch'

/** The names of all cases that begin with one of `prefixes`; none where the shared folder is absent. */
export function caseNames(collection: Collection, ...prefixes: string[]): string[] {
  const folder = shared(`conformance/${collection}/`)
  if (!folder) return []
  return readdirSync(folder)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
    .sort()
}

export function loadCase(collection: Collection, name: string): Case {
  const folder = new URL(`../../../shared/conformance/${collection}/${name}/`, import.meta.url)
  const { op, attributes, inputs, outputs, tolerance } = JSON.parse(readFileSync(new URL('case.json', folder), 'utf8'))
  const load = (list: readonly StoredArray[]): CaseArray[] =>
    list.map((each) => ({ ...each, numbers: read(new URL(each.file, folder), each.stored) }))
  return { name, op, attributes, inputs: load(inputs), outputs: load(outputs), tolerance }
}

interface StoredArray extends Omit<CaseArray, 'numbers'> {
  readonly stored: string
  readonly file: string
}

function read(file: URL, stored: string): Float64Array {
  if (!existsSync(file)) throw new Error(`case file ${file.pathname} is missing`)
  const { buffer } = Uint8Array.from(readFileSync(file))
  switch (stored) {
    case 'float32':
      return Float64Array.from(new Float32Array(buffer))
    case 'float64':
      return new Float64Array(buffer)
    case 'int32':
      return Float64Array.from(new Int32Array(buffer))
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), Number)
    case 'uint8':
    case 'bool':
      return Float64Array.from(new Uint8Array(buffer))
    default:
      throw new Error(`cases: ${stored} in ${file.pathname} is not known to this reader`)
  }
}

/** The array of this name, or in this slot. */
export function pick(list: readonly CaseArray[], which: string | number): CaseArray {
  const found = list.find(({ name, slot }) => (typeof which === 'number' ? slot === which : name === which))
  if (!found) throw new Error(`cases: no array ${which} among ${list.map(({ name }) => name).join(', ')}`)
  return found
}

/** The array as a tensor: floats in `float`, integers in int32, booleans in bool, all in the memory where `float` lives. */
export function caseTensor(array: CaseArray, float: 'float32' | 'float64' = 'float32'): Tensor {
  const dtype: DType = array.dtype === 'bool' ? 'bool' : array.dtype.startsWith('int') ? 'int32' : float
  if (float === 'float32') return tensor(array.numbers, array.shape, { dtype })
  using beside = tensor([0], [1], { dtype: float })
  return tensor(array.numbers, array.shape, { dtype, near: beside })
}

/** One test per case, and one named skip per case that `skips` gives a reason for. */
export function eachCase(
  collection: Collection,
  names: readonly string[],
  skips: Record<string, string>,
  body: (c: Case) => Promise<void>,
): void {
  for (const name of names) {
    const reason = skips[name]
    if (reason) it.skip(`${name} (skipped: ${reason})`, () => {})
    else it(name, () => body(loadCase(collection, name)))
  }
}
