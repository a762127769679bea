/**
 * The weights of a model, in one safetensors file or several. A family first takes what it needs, by name and shape,
 * so that a config that disagrees with the weights is found out before anything is read; then `fill` streams the numbers in, in
 * the order in which they lie in the files, and packs the matrices of products on the way. What is held at any time is the model
 * and a few megabytes, or the one stored tensor that has to be cut up.
 */

import { backendOf, memoryFor } from '../backend/index.ts'
import { cast, contiguous, quantize, reshape, slice } from '../ops/index.ts'
import {
  bytesPerElement,
  type DType,
  empty,
  emptyPanels,
  OutOfMemory,
  packedSize,
  type Shape,
  sameShape,
  scope,
  show,
  sizeOf,
  type Tensor,
  type View,
} from '../tensor/index.ts'
import {
  bytesHeld,
  computedIn,
  gigabytes,
  MOST_BYTES,
  matrixType,
  type Rounded,
  type WeightsReport,
  type WeightType,
} from './held.ts'
import { Loss } from './rounding.ts'
import type { Safetensors, StoredTensor } from './safetensors.ts'
import { fillTensor, naturalType, Scratch } from './stored.ts'

/** Matrices are read and packed in pieces of about this many bytes. */
const PIECE = 2 ** 18

/** A parameter that is only part of a stored tensor, or the whole in another order. */
export interface Cut {
  /** Tells the cuts of one stored tensor apart. */
  readonly key: string
  readonly shape: Shape
  /** View operations that lead from the stored tensor to the parameter. */
  of(stored: Tensor): Tensor
}

interface Part {
  readonly tensor: Tensor
  readonly cut: Cut | undefined
  /** Are its numbers rounded as int8 rounds, whatever holds them? */
  readonly rounded: boolean
}

interface Taken {
  readonly file: Safetensors
  readonly stored: StoredTensor
  readonly natural: DType
  /** By layout and the key of the cut; the whole tensor's is ''. */
  readonly parts: Map<string, Part>
}

export class Checkpoint {
  /** What messages call it. */
  readonly label: string
  readonly #files: readonly Safetensors[]
  readonly #where: ReadonlyMap<string, Safetensors>
  readonly #taken = new Map<string, Taken>()
  readonly #held: WeightType
  readonly #computed: 'float32' | 'float64'
  readonly #panels: number
  readonly #rounded: Rounded[] = []
  readonly #scratch = new Scratch()
  #bytes = 0

  /** `where`: in which of the files each name stands. */
  constructor(label: string, files: readonly Safetensors[], where: ReadonlyMap<string, Safetensors>, held: WeightType) {
    this.label = label
    this.#files = files
    this.#where = where
    this.#held = held
    this.#computed = computedIn(held)
    using probe = empty(memoryFor(this.#computed, 'loadModel'), [0], this.#computed, 'loadModel')
    this.#panels = backendOf('loadModel', [probe]).panels ?? 0
  }

  get names(): Iterable<string> {
    return this.#where.keys()
  }

  has(name: string): boolean {
    return this.#where.has(name)
  }

  /** Names that nobody took. */
  get left(): string[] {
    return [...this.#where.keys()].filter((name) => !this.#taken.has(name))
  }

  /**
   * The parameter that the file calls by one of `names` (the first it has). `meaning` says which fields of config.json its shape
   * comes from. Its numbers are undefined until `fill`. The same name taken twice is the same tensor.
   */
  take(names: readonly string[], shape: Shape, meaning: string, cut?: Cut): Tensor {
    return this.#take(names, shape, meaning, cut, false)
  }

  /** As `take`, for matrices [out,in] that `linear` and `embedding` alone will read: packed as their kernels like it best. */
  matrix(names: readonly string[], shape: Shape, meaning: string, cut?: Cut): Tensor {
    return this.#take(names, shape, meaning, cut, true)
  }

  /** As `take`, for tables [entries,width] that `embedding` alone will read: packed only where that takes less memory. */
  table(names: readonly string[], shape: Shape, meaning: string): Tensor {
    const { file, stored } = this.#find(names)
    const narrow = matrixType(this.#held, naturalType(file, stored)) !== this.#computed
    return this.#take(names, shape, meaning, undefined, narrow)
  }

  #take(names: readonly string[], shape: Shape, meaning: string, cut: Cut | undefined, matrix: boolean): Tensor {
    const { name, file, stored } = this.#find(names)
    if (!sameShape(stored.shape, shape))
      throw new Error(
        `${file.source.name}: tensor ${JSON.stringify(name)} is ${show(stored.shape)}, config.json asks for ${show(shape)} (${meaning})`,
      )
    const natural = naturalType(file, stored)
    const taken = this.#taken.get(name) ?? { file, stored, natural, parts: new Map() }
    this.#taken.set(name, taken)
    const packed = matrix && this.#panels > 0
    const key = `${packed ? 'packed' : 'rows'} ${cut?.key ?? ''}`
    const known = taken.parts.get(key)
    if (known) return known.tensor
    const rounded = matrix && this.#held === 'int8'
    const tensor = this.#make(cut?.shape ?? shape, packed ? matrixType(this.#held, natural) : this.#computed, packed)
    taken.parts.set(key, { tensor, cut, rounded })
    return tensor
  }

  #make(shape: Shape, dtype: DType, packed: boolean): Tensor {
    const memory = memoryFor(this.#computed, 'loadModel')
    this.#bytes += (packed ? packedSize(shape, this.#panels) : sizeOf(shape)) * bytesPerElement(dtype)
    if (memory.name === 'wasm' && this.#bytes > MOST_BYTES) throw this.#tooLarge()
    try {
      return packed ? emptyPanels(memory, shape, dtype, this.#panels) : empty(memory, shape, dtype, 'loadModel')
    } catch (error) {
      if (error instanceof OutOfMemory) throw this.#tooLarge(error)
      throw error
    }
  }

  #tooLarge(error?: OutOfMemory): Error {
    const tensors = [...this.#where].map(([name, file]) => {
      const stored = file.tensors.get(name)!
      return { shape: stored.shape, natural: naturalType(file, stored) }
    })
    return tooLarge(this.label, this.#held, (held) => bytesHeld(tensors, held), error)
  }

  #find(names: readonly string[]): { name: string; file: Safetensors; stored: StoredTensor } {
    const name = names.find((each) => this.#where.has(each))
    if (name === undefined)
      throw new Error(`${this.label}: has no tensor ${names.map((each) => JSON.stringify(each)).join(' or ')}`)
    const file = this.#where.get(name)!
    return { name, file, stored: file.tensors.get(name)! }
  }

  /** Reads everything taken. `tell` hears from which file, and how many bytes of how many in all are in. */
  async fill(tell: (file: string, loaded: number, total: number) => void): Promise<void> {
    const order = (taken: Taken): number => this.#files.indexOf(taken.file)
    const wanted = [...this.#taken.values()].sort((a, b) => order(a) - order(b) || a.stored.offset - b.stored.offset)
    const total = wanted.reduce((sum, { stored }) => sum + stored.bytes, 0)
    let loaded = 0
    for (const [n, taken] of wanted.entries()) {
      if (n === 0) tell(taken.file.source.name, 0, total)
      await this.#fillOne(taken, (bytes) => {
        loaded += bytes
        tell(taken.file.source.name, loaded, total)
      })
    }
  }

  async #fillOne(taken: Taken, tell: (bytes: number) => void): Promise<void> {
    const [only, ...others] = taken.parts.values()
    const loss = [...taken.parts.values()].some((part) => part.rounded) ? new Loss() : undefined
    const { tensor, cut } = only!
    if (others.length > 0 || cut) await this.#fillParts(taken, loss, tell)
    else if (tensor.panels || loss) await this.#fillRows(taken, tensor, loss, tell)
    else await fillTensor(taken.file, taken.stored, tensor, { tell, scratch: this.#scratch })
    if (loss) this.#rounded.push({ name: taken.stored.name, worst: loss.worst, mean: loss.mean })
  }

  /** The whole stored tensor is read, and each parameter copied or packed out of it. */
  async #fillParts({ file, stored, natural, parts }: Taken, loss: Loss | undefined, tell: (bytes: number) => void): Promise<void> {
    const all = [...parts.values()]
    const dtype = all.every(({ tensor }) => tensor.dtype === natural) ? natural : this.#computed
    using whole = empty(memoryFor(this.#computed, 'loadModel'), stored.shape, dtype, 'loadModel')
    await fillTensor(file, stored, whole, { tell, scratch: this.#scratch })
    for (const { tensor, cut, rounded } of all) {
      checkAlive(file, tensor)
      using rows = contiguousPart(whole, cut, tensor.shape)
      await place(rows, tensor, 0, rounded ? loss : undefined)
    }
  }

  /** A few rows at a time are read and packed. */
  async #fillRows(
    { file, stored, natural }: Taken,
    tensor: Tensor,
    loss: Loss | undefined,
    tell: (bytes: number) => void,
  ): Promise<void> {
    const [rows, depth] = tensor.shape as [number, number]
    const rowBytes = stored.bytes / Math.max(1, rows)
    const group = Math.max(1, this.#panels)
    const step = group * Math.max(1, Math.floor(PIECE / (4 * depth * group)))
    const dtype = tensor.dtype === natural ? natural : this.#computed
    using rowsOf = empty(memoryFor(this.#computed, 'loadModel'), [Math.min(step, rows), depth], dtype, 'loadModel')
    for (let from = 0; from < rows; from += step) {
      const count = Math.min(step, rows - from)
      using piece = slice(rowsOf, 0, 0, count)
      const part = { ...stored, offset: stored.offset + from * rowBytes, bytes: count * rowBytes, shape: [count, depth] }
      await fillTensor(file, part, piece, { tell, scratch: this.#scratch })
      checkAlive(file, tensor)
      await place(piece, tensor, from, loss)
    }
  }

  /** What was taken, as it is held. */
  get report(): WeightsReport {
    const tensors = new Set([...this.#taken.values()].flatMap(({ parts }) => [...parts.values()].map(({ tensor }) => tensor)))
    const numbers: Partial<Record<DType, number>> = {}
    for (const { dtype, size } of tensors) numbers[dtype] = (numbers[dtype] ?? 0) + size
    const bytes = [...tensors].reduce((sum, { storage }) => sum + storage.bytes, 0)
    return { bytes, numbers, rounded: this.#rounded }
  }

  /** Frees what was taken: for when loading fails half-way. */
  dispose(): void {
    for (const { parts } of this.#taken.values()) for (const { tensor } of parts.values()) tensor.dispose()
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.source.close()
  }
}

function contiguousPart(whole: Tensor, cut: Cut | undefined, shape: Shape): Tensor {
  using s = scope()
  return s.keep(contiguous(reshape(cut ? cut.of(whole) : whole, shape)))
}

/** Writes x into `target`, from its row `row` on; packed targets take whole panels. `loss` asks for the rounding of int8. */
async function place(x: Tensor, target: Tensor, row: number, loss: Loss | undefined): Promise<void> {
  if (loss) return placeRounded(x, target, row, loss)
  const { kernels } = backendOf('loadModel', [x, target])
  if (!target.panels) return kernels.copy(x.view('loadModel'), target.view('loadModel'))
  using same = cast(x, target.dtype)
  const view = target.packedView('loadModel')
  kernels.pack(same.view('loadModel'), { ...view, offset: view.offset + row * view.shape[1]!, shape: x.shape })
}

async function placeRounded(x: Tensor, target: Tensor, row: number, loss: Loss): Promise<void> {
  using rounded = quantize(x)
  await loss.add(x, rounded)
  const depth = x.shape[1]!
  if (!target.panels) {
    using rows = slice(target, 0, row, row + x.shape[0]!)
    return backendOf('loadModel', [x, target]).kernels.copy(rounded.view('loadModel'), rows.view('loadModel'))
  }
  const panels = packedSize(x.shape, target.panels)
  copyBytes([rounded, 0], [target, row * depth], panels)
  copyBytes([rounded, panels], [target, packedSize(target.shape, target.panels) + row * 4], rounded.storage.bytes - panels)
}

/** Moves bytes as they are, four at a time: panels and scales begin and end on such places. */
function copyBytes([from, begin]: [Tensor, number], [to, at]: [Tensor, number], bytes: number): void {
  const plain = (tensor: Tensor, byte: number): View => ({
    handle: tensor.storage.handle,
    offset: byte / 4,
    shape: [bytes / 4],
    strides: [1],
    dtype: 'int32',
  })
  backendOf('loadModel', [from, to]).kernels.copy(plain(from, begin), plain(to, at))
}

function tooLarge(label: string, held: WeightType, bytes: (held: WeightType) => number, error?: OutOfMemory): Error {
  const fits = (['bfloat16', 'int8'] as const).find((other) => bytes(other) < Math.min(bytes(held), MOST_BYTES))
  const why = error ? `more than there is (${error.message})` : `WebAssembly can address ${gigabytes(MOST_BYTES)}`
  const advice = fits
    ? `in ${fits} they take ${gigabytes(bytes(fits))}: loadModel(…, { dtype: '${fits}' })`
    : 'take a smaller model'
  return new Error(`${label}: the weights take ${gigabytes(bytes(held))} in memory, ${why}; ${advice}`)
}

function checkAlive(file: Safetensors, tensor: Tensor): void {
  if (tensor.disposed) throw new Error(`${file.source.name}: the model was disposed while it was loaded`)
}
