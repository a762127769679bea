/**
 * The weights of a model: one safetensors file, or several with an index. A family first takes what it needs, by name and shape,
 * so that a config that disagrees with the weights is found out before anything is read; then `fill` streams the numbers in, in
 * the order in which they lie in the files, and packs the matrices of products on the way. What is held at any time is the model
 * and a few megabytes, or the one stored tensor that has to be cut up.
 */

import { z } from 'zod'
import { backendOf, memoryFor } from '../backend/index.ts'
import { reshape, slice } from '../ops/index.ts'
import { empty, emptyPanels, type Shape, sameShape, scope, show, type Tensor } from '../tensor/index.ts'
import { check } from './check.ts'
import { type ModelFiles, readJson } from './files.ts'
import { openSafetensors, type Safetensors, type StoredTensor } from './safetensors.ts'
import type { Source } from './source.ts'
import { fillTensor, naturalType } from './stored.ts'

const SINGLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'
/** How the file begins that stands for one that git-lfs has not fetched. */
const POINTER = 'version https://git-lfs.github.com/spec/'

/** Matrices are read and packed in pieces of about this many bytes. */
const PIECE = 2 ** 22

/** A parameter that is only part of a stored tensor, or the whole in another order. */
export interface Cut {
  /** Tells the cuts of one stored tensor apart. */
  readonly key: string
  readonly shape: Shape
  /** View operations that lead from the stored tensor to the parameter. */
  of(stored: Tensor): Tensor
}

interface Taken {
  readonly file: Safetensors
  readonly stored: StoredTensor
  /** By the key of the cut; the whole tensor is ''. */
  readonly parts: Map<string, { readonly tensor: Tensor; readonly cut: Cut | undefined }>
}

export class Checkpoint {
  readonly #files: readonly Safetensors[]
  readonly #where: ReadonlyMap<string, Safetensors>
  readonly #taken = new Map<string, Taken>()
  readonly #dtype: 'float32' | 'float64'
  readonly #panels: number

  constructor(files: readonly Safetensors[], where: ReadonlyMap<string, Safetensors>, dtype: 'float32' | 'float64') {
    this.#files = files
    this.#where = where
    this.#dtype = dtype
    using probe = empty(memoryFor(dtype, 'loadModel'), [0], dtype, 'loadModel')
    this.#panels = backendOf('loadModel', [probe]).panels ?? 0
  }

  /** What messages call it. */
  get label(): string {
    return this.#files.length === 1 ? this.#files[0]!.source.name : INDEX
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
    return this.#take(names, shape, meaning, cut, this.#panels > 0)
  }

  #take(names: readonly string[], shape: Shape, meaning: string, cut: Cut | undefined, packed: boolean): Tensor {
    const { name, file, stored } = this.#find(names)
    if (!sameShape(stored.shape, shape))
      throw new Error(
        `${file.source.name}: tensor ${JSON.stringify(name)} is ${show(stored.shape)}, config.json asks for ${show(shape)} (${meaning})`,
      )
    naturalType(file, stored)
    const taken = this.#taken.get(name) ?? { file, stored, parts: new Map() }
    this.#taken.set(name, taken)
    const key = `${packed ? 'packed' : 'rows'} ${cut?.key ?? ''}`
    const known = taken.parts.get(key)
    if (known) return known.tensor
    const memory = memoryFor(this.#dtype, 'loadModel')
    const own = cut?.shape ?? shape
    const tensor = packed ? emptyPanels(memory, own, this.#dtype, this.#panels) : empty(memory, own, this.#dtype, 'loadModel')
    taken.parts.set(key, { tensor, cut })
    return tensor
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

  async #fillOne({ file, stored, parts }: Taken, tell: (bytes: number) => void): Promise<void> {
    const [only, ...others] = parts.values()
    if (others.length > 0 || only!.cut) return this.#fillParts(file, stored, [...parts.values()], tell)
    if (only!.tensor.panels) return this.#fillPacked(file, stored, only!.tensor, tell)
    return fillTensor(file, stored, only!.tensor, tell)
  }

  /** The whole stored tensor is read, and each parameter copied or packed out of it. */
  async #fillParts(
    file: Safetensors,
    stored: StoredTensor,
    parts: Iterable<{ tensor: Tensor; cut: Cut | undefined }>,
    tell: (bytes: number) => void,
  ): Promise<void> {
    using whole = empty(memoryFor(this.#dtype, 'loadModel'), stored.shape, this.#dtype, 'loadModel')
    await fillTensor(file, stored, whole, tell)
    for (const { tensor, cut } of parts) {
      checkAlive(file, tensor)
      using _ = scope()
      place(cut ? cut.of(whole) : whole, tensor, 0)
    }
  }

  /** A few rows at a time are read and packed. */
  async #fillPacked(file: Safetensors, stored: StoredTensor, tensor: Tensor, tell: (bytes: number) => void): Promise<void> {
    const [rows, depth] = tensor.shape as [number, number]
    const rowBytes = stored.bytes / Math.max(1, rows)
    const step = this.#panels * Math.max(1, Math.floor(PIECE / (4 * depth * this.#panels)))
    using rowsOf = empty(memoryFor(this.#dtype, 'loadModel'), [Math.min(step, rows), depth], this.#dtype, 'loadModel')
    for (let from = 0; from < rows; from += step) {
      const count = Math.min(step, rows - from)
      using piece = slice(rowsOf, 0, 0, count)
      const part = { ...stored, offset: stored.offset + from * rowBytes, bytes: count * rowBytes, shape: [count, depth] }
      await fillTensor(file, part, piece, tell)
      checkAlive(file, tensor)
      place(piece, tensor, from)
    }
  }

  /** Frees what was taken: for when loading fails half-way. */
  dispose(): void {
    for (const { parts } of this.#taken.values()) for (const { tensor } of parts.values()) tensor.dispose()
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.source.close()
  }
}

/** Writes x into `target`, from its row `row` on; packed targets take whole panels. */
function place(x: Tensor, target: Tensor, row: number): void {
  const { kernels } = backendOf('loadModel', [x, target])
  const view = target.packedView('loadModel')
  if (!target.panels) kernels.copy(reshape(x, target.shape).view('loadModel'), view)
  else kernels.pack(x.view('loadModel'), { ...view, offset: view.offset + row * view.shape[1]!, shape: x.shape })
}

function checkAlive(file: Safetensors, tensor: Tensor): void {
  if (tensor.disposed) throw new Error(`${file.source.name}: the model was disposed while it was loaded`)
}
/** Opens the weights of a folder and checks their headers. */
export async function openCheckpoint(files: ModelFiles, dtype: 'float32' | 'float64'): Promise<Checkpoint> {
  const single = await openFile(files, SINGLE)
  if (single) return new Checkpoint([single], new Map([...single.tensors.keys()].map((name) => [name, single])), dtype)
  const index = await readJson(files, INDEX)
  if (index === undefined)
    throw new Error(`${files.label(SINGLE)}: there is no such file${files.absence ?? ''}${await otherFormat(files)}`)
  return openShards(files, check(indexFile, index, files.label(INDEX)).weight_map, dtype)
}

const indexFile = z.object({ weight_map: z.record(z.string(), z.string()) })

async function openFile(files: ModelFiles, path: string): Promise<Safetensors | undefined> {
  const source = await files.open(path)
  if (!source) return undefined
  try {
    if (await isPointer(source))
      throw new Error(`${source.name}: is what git-lfs leaves for a file that it has not fetched; run \`git lfs pull\``)
    return await openSafetensors(source)
  } catch (error) {
    await source.close()
    throw error
  }
}

async function isPointer(source: Source): Promise<boolean> {
  const first = await source.read(0, Math.min(source.size, POINTER.length))
  return new TextDecoder().decode(first) === POINTER
}

async function openShards(files: ModelFiles, weightMap: Record<string, string>, dtype: 'float32' | 'float64'): Promise<Checkpoint> {
  const shards = new Map<string, Safetensors>()
  try {
    for (const path of new Set(Object.values(weightMap))) {
      const shard = await openFile(files, path)
      if (!shard)
        throw new Error(`${files.label(path)}: there is no such file${files.absence ?? ''}; ${INDEX} names it, fetch it too`)
      shards.set(path, shard)
    }
    const where = new Map(
      Object.entries(weightMap).map(([name, path]): [string, Safetensors] => {
        const shard = shards.get(path)!
        if (!shard.tensors.has(name))
          throw new Error(`${shard.source.name}: has no tensor ${JSON.stringify(name)}; ${INDEX} says it does`)
        return [name, shard]
      }),
    )
    return new Checkpoint([...shards.values()], where, dtype)
  } catch (error) {
    for (const shard of shards.values()) await shard.source.close()
    throw error
  }
}

async function otherFormat(files: ModelFiles): Promise<string> {
  for (const path of ['pytorch_model.bin', 'pytorch_model.bin.index.json', 'tf_model.h5', 'flax_model.msgpack', 'model.onnx']) {
    const found = await files.has(path)
    if (found) return `; ${path} cannot be read, save the model as safetensors: save_pretrained of transformers does`
  }
  return `; the weights are expected there, or in shards that ${INDEX} lists`
}
