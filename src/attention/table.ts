/** Tables: numbers or truths that a traced function looks up by position. */

import { build, type TableData } from '../expression/index.ts'
import {
  arrayOver,
  type DType,
  isFloat,
  type Memory,
  rowMajor,
  type Shape,
  Storage,
  show,
  sizeOf,
  Tensor,
  type View,
} from '../tensor/index.ts'
import { asValue, type NumberLike, type Tables, Truth, Value } from './traced.ts'

export type TableNumbers = readonly number[] | Float32Array | Float64Array | Int32Array
export type TableTruths = readonly boolean[] | Uint8Array

let made = 0

/**
 * A table of rank 1 or more. Its numbers are copied to an engine when first used there, and stay until the table is
 * forgotten or disposed; a table over a tensor uses that tensor's memory (and passes gradients to it).
 */
export abstract class Table {
  /** What a traced lookup carries until its program is assembled. */
  readonly id = made++
  readonly shape: Shape
  /** Set if the table is a tensor's. */
  readonly tensor: Tensor | undefined
  readonly #numbers: Float64Array | undefined
  readonly #placed = new Map<Memory, Storage>()

  constructor(source: Float64Array | Tensor, shape: Shape) {
    this.shape = shape
    if (source instanceof Tensor) this.tensor = source
    else this.#numbers = source
  }

  abstract readonly boolean: boolean

  /** What a kernel is told. float64 in the reference's memory, else float32; truths are bool. */
  view(memory: Memory, operation: string): View {
    if (this.tensor) return this.tensor.view(operation)
    const dtype: DType = this.boolean ? 'bool' : memory.name === 'reference' ? 'float64' : 'float32'
    let storage = this.#placed.get(memory)
    if (!storage) {
      const data = arrayOver(dtype, new ArrayBuffer(this.#numbers!.length * (this.boolean ? 1 : dtype === 'float64' ? 8 : 4)))
      data.set(this.#numbers!)
      storage = new Storage(memory, data.byteLength)
      memory.write(storage.handle, 0, data)
      this.#placed.set(memory, storage)
    }
    return { handle: storage.handle, offset: 0, shape: this.shape, strides: rowMajor(this.shape), dtype }
  }

  /** The numbers themselves, for pictures and tile bounds; undefined for a tensor's table, whose numbers live in the engine. */
  get numbers(): TableData | undefined {
    return this.#numbers && { data: this.#numbers, shape: this.shape, strides: rowMajor(this.shape), offset: 0 }
  }

  /** Gives back what engines hold of it. It can still be used: its numbers are copied again. */
  dispose(): void {
    for (const storage of this.#placed.values()) storage.release()
    this.#placed.clear()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  protected indices(at: readonly NumberLike[]): { values: Value[]; tables: Tables } {
    if (at.length !== this.shape.length)
      throw new RangeError(
        `table.at: the table has shape ${show(this.shape)}, so it takes ${this.shape.length} indices, got ${at.length}`,
      )
    const values = at.map((index) => asValue('table.at', index))
    return { values, tables: new Set<Table>([this, ...values.flatMap(({ tables }) => [...tables])]) }
  }
}

export class NumberTable extends Table {
  readonly boolean = false

  /** The entry at these indices, one per axis. An index is floored and clamped into the table. */
  at(...at: NumberLike[]): Value {
    const { values, tables } = this.indices(at)
    return new Value(
      build.lookup(
        this.id,
        values.map(({ expr }) => expr),
      ),
      tables,
    )
  }
}

export class TruthTable extends Table {
  readonly boolean = true

  /** The entry at these indices, one per axis. An index is floored and clamped into the table. */
  at(...at: NumberLike[]): Truth {
    const { values, tables } = this.indices(at)
    return new Truth(
      build.lookup(
        this.id,
        values.map(({ expr }) => expr),
        true,
      ),
      tables,
    )
  }
}

/**
 * What a traced function may look up: `const t = table([…], [heads, 32])`, then `t.at(h, i.sub(j))`.
 * The shape defaults to one axis (an array) or the tensor's own. Empty tables are refused, since an index has nowhere to go.
 */
export function table(data: TableTruths, shape?: Shape): TruthTable
export function table(data: TableNumbers, shape?: Shape): NumberTable
export function table(data: Tensor, shape?: Shape): NumberTable
export function table(data: TableNumbers | TableTruths | Tensor, shape?: Shape): NumberTable | TruthTable {
  const size = data instanceof Tensor ? data.size : data.length
  const target = [...(shape ?? (data instanceof Tensor ? data.shape : [size]))]
  if (target.length === 0 || target.some((d) => !Number.isInteger(d) || d < 1))
    throw new RangeError(`table: needs at least one axis and no empty one, got shape ${show(target)}`)
  if (sizeOf(target) !== size)
    throw new RangeError(`table: shape ${show(target)} holds ${sizeOf(target)} entries, the data has ${size}`)
  if (data instanceof Tensor) return ofTensor(data, target)
  const truths = data instanceof Uint8Array || typeof data[0] === 'boolean'
  const numbers = Float64Array.from(data as ArrayLike<number | boolean>, truths ? (x) => (x ? 1 : 0) : Number)
  return truths ? new TruthTable(numbers, target) : new NumberTable(numbers, target)
}

function ofTensor(tensor: Tensor, shape: Shape): NumberTable | TruthTable {
  if (show(shape) !== show(tensor.shape))
    throw new RangeError(`table: a tensor keeps its shape, got ${show(shape)} for ${tensor}; reshape it first`)
  if (tensor.dtype === 'bool') return new TruthTable(tensor, shape)
  if (!isFloat(tensor.dtype)) throw new TypeError(`table: needs floats or bool, got ${tensor}; cast it first`)
  return new NumberTable(tensor, shape)
}
