/** A tensor: a shape and strides over shared storage. It knows layout and nothing of mathematics. */

import { arrayOver, bytesPerElement, type DType, type TensorData } from './dtype.ts'
import { adopt, disown } from './scope.ts'
import { checkShape, isContiguous, rowMajor, type Shape, show, sizeOf } from './shape.ts'
import { type Memory, Storage } from './storage.ts'

/** What a kernel is told of a tensor: plain data that can be posted to a worker. `offset` and `strides` count elements. */
export interface View {
  readonly handle: number
  readonly offset: number
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly dtype: DType
  /** A packed matrix [N,K]: panels of so many of its rows, [⌈N/panels⌉][K][panels], padded with 0. Strides then mean nothing. */
  readonly panels?: number
}

/**
 * What automatic differentiation hangs on a tensor that it follows: `record` is told of every operation that reads it.
 * The operations know only this interface; the tape lives in src/autograd. Inputs and outputs may be disposed as soon as `record`
 * has returned (operations free their temporaries): a tape takes its own holds of the storage that it will read again.
 */
export interface Tape {
  /** true: nothing is recorded just now, so operations act as if there were no tape. */
  readonly paused?: boolean
  record(operation: string, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[], attributes: unknown): void
}

export class Tensor {
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly dtype: DType
  readonly offset: number
  readonly storage: Storage
  /** Not 0: a matrix packed for products, see `View.panels`. Only what takes packed matrices accepts it. */
  readonly panels: number
  #tape: Tape | undefined
  #disposed = false

  /** Takes over one hold on `storage`. Use `empty` or the methods below rather than this. */
  constructor(storage: Storage, shape: Shape, strides: readonly number[], offset: number, dtype: DType, panels = 0) {
    this.storage = storage
    this.shape = shape
    this.strides = strides
    this.offset = offset
    this.dtype = dtype
    this.panels = panels
    adopt(this)
  }

  /** Set on tensors whose gradient is wanted, and on what is computed from them; undefined while the tape is paused. */
  get tape(): Tape | undefined {
    return this.#tape?.paused ? undefined : this.#tape
  }

  set tape(tape: Tape | undefined) {
    this.#tape = tape
  }

  get rank(): number {
    return this.shape.length
  }

  get size(): number {
    return sizeOf(this.shape)
  }

  get memory(): Memory {
    return this.storage.memory
  }

  get contiguous(): boolean {
    return !this.panels && isContiguous(this.shape, this.strides)
  }

  get disposed(): boolean {
    return this.#disposed
  }

  /** What kernels are handed. Throws if the tensor was disposed: `operation` is named in the message. */
  view(operation: string): View {
    if (this.panels)
      throw new TypeError(`${operation}: ${this} is packed for linear and embedding; unpack(weight) gives it back as rows`)
    return this.packedView(operation)
  }

  /** As `view`, for operations that take packed matrices as well. */
  packedView(operation: string): View {
    if (this.#disposed) throw new Error(`${operation}: a tensor of shape ${show(this.shape)} was used after dispose()`)
    return {
      handle: this.storage.handle,
      offset: this.offset,
      shape: this.shape,
      strides: this.strides,
      dtype: this.dtype,
      panels: this.panels,
    }
  }

  /** Another tensor over the same storage; it has its own life. */
  restride(shape: Shape, strides: readonly number[], offset: number = this.offset): Tensor {
    if (shape === this.shape) this.packedView('view')
    else this.view('view')
    return new Tensor(this.storage.retain(), shape, strides, offset, this.dtype, this.panels)
  }

  /**
   * The numbers, row-major, as the typed array of the dtype (16-bit floats as raw bits in a Uint16Array).
   * Waits for every operation called before it.
   */
  async read(): Promise<TensorData> {
    this.packedView('read')
    const size = bytesPerElement(this.dtype)
    if (this.size === 0) return arrayOver(this.dtype, new ArrayBuffer(0))
    const hold = this.storage.retain()
    try {
      if (this.panels) return this.#readPanels(hold)
      if (this.contiguous) return arrayOver(this.dtype, await hold.memory.read(hold.handle, this.offset * size, this.size * size))
      const span = 1 + this.shape.reduce((sum, d, axis) => sum + (d - 1) * this.strides[axis]!, 0)
      const bytes = await hold.memory.read(hold.handle, this.offset * size, span * size)
      return gather(
        arrayOver(this.dtype, bytes),
        this.shape,
        this.strides,
        arrayOver(this.dtype, new ArrayBuffer(this.size * size)),
      )
    } finally {
      hold.release()
    }
  }

  async #readPanels(hold: Storage): Promise<TensorData> {
    const [rows, depth] = this.shape as [number, number]
    const size = bytesPerElement(this.dtype)
    const packed = arrayOver(
      this.dtype,
      await hold.memory.read(hold.handle, this.offset * size, packedSize(this.shape, this.panels) * size),
    )
    const out = arrayOver(this.dtype, new ArrayBuffer(this.size * size))
    // An int8 weight is read as it is held, without its scales.
    for (let n = 0; n < rows; n++) {
      const from = Math.floor(n / this.panels) * this.panels * depth + (n % this.panels)
      for (let k = 0; k < depth; k++) out[n * depth + k] = packed[from + k * this.panels]!
    }
    return out
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    disown(this)
    this.storage.release()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  toString(): string {
    return `Tensor ${show(this.shape)} ${this.dtype}${this.panels ? ' (packed)' : ''}${this.#disposed ? ' (disposed)' : ''}`
  }
}

/** A new tensor with undefined contents. */
export function empty(memory: Memory, shape: Shape, dtype: DType, operation = 'tensor'): Tensor {
  checkShape(operation, shape)
  const storage = new Storage(memory, sizeOf(shape) * bytesPerElement(dtype))
  return new Tensor(storage, [...shape], rowMajor(shape), 0, dtype)
}

/** Elements that a packed matrix [N,K] takes: N rounded up to whole panels. */
export function packedSize(shape: Shape, panels: number): number {
  return Math.ceil(shape[0]! / panels) * panels * shape[1]!
}

/** A new packed matrix [N,K] with undefined contents: see `View.panels`. The scales of an int8 matrix follow its panels, float32 [N]. */
export function emptyPanels(memory: Memory, shape: Shape, dtype: DType, panels: number): Tensor {
  checkShape('pack', shape)
  const scales = dtype === 'int8' ? Math.ceil(shape[0]! / panels) * panels * 4 : 0
  const storage = new Storage(memory, packedSize(shape, panels) * bytesPerElement(dtype) + scales)
  return new Tensor(storage, [...shape], rowMajor(shape), 0, dtype, panels)
}

/** A new tensor with the numbers of `data`, copied. */
export function fromData(memory: Memory, data: TensorData, shape: Shape, dtype: DType): Tensor {
  checkShape('tensor', shape)
  if (data.length !== sizeOf(shape))
    throw new RangeError(`tensor: shape ${show(shape)} holds ${sizeOf(shape)} elements, the data has ${data.length}`)
  if (data.BYTES_PER_ELEMENT !== bytesPerElement(dtype))
    throw new TypeError(`tensor: ${dtype} takes ${bytesPerElement(dtype)} bytes an element, the data has ${data.BYTES_PER_ELEMENT}`)
  const made = empty(memory, shape, dtype)
  if (data.length > 0) memory.write(made.storage.handle, 0, data)
  return made
}

function gather(source: TensorData, shape: Shape, strides: readonly number[], out: TensorData): TensorData {
  let next = 0
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) {
      out[next++] = source[at]!
      return
    }
    for (let n = 0; n < shape[axis]!; n++) walk(axis + 1, at + n * strides[axis]!)
  }
  walk(0, 0)
  return out
}
