/**
 * The weights of a model: one safetensors file, or several with an index. A family first takes what it needs, by name and shape,
 * so that a config that disagrees with the weights is found out before anything is read; then `fill` streams the numbers in, in
 * the order in which they lie in the files.
 */

import { z } from 'zod'
import { memoryFor } from '../backend/index.ts'
import { empty, sameShape, show, type Tensor } from '../tensor/index.ts'
import { check } from './check.ts'
import { type ModelFiles, readJson } from './files.ts'
import { openSafetensors, type Safetensors, type StoredTensor } from './safetensors.ts'
import { fillTensor, naturalType } from './stored.ts'

const SINGLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'

interface Taken {
  readonly file: Safetensors
  readonly stored: StoredTensor
  readonly tensor: Tensor
}

export class Checkpoint {
  readonly #files: readonly Safetensors[]
  readonly #where: ReadonlyMap<string, Safetensors>
  readonly #taken = new Map<string, Taken>()
  readonly #dtype: 'float32' | 'float64'

  constructor(files: readonly Safetensors[], where: ReadonlyMap<string, Safetensors>, dtype: 'float32' | 'float64') {
    this.#files = files
    this.#where = where
    this.#dtype = dtype
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
  take(names: readonly string[], shape: readonly number[], meaning: string): Tensor {
    const name = names.find((each) => this.#where.has(each))
    if (name === undefined)
      throw new Error(`${this.label}: has no tensor ${names.map((each) => JSON.stringify(each)).join(' or ')}`)
    const file = this.#where.get(name)!
    const stored = file.tensors.get(name)!
    if (!sameShape(stored.shape, shape))
      throw new Error(
        `${file.source.name}: tensor ${JSON.stringify(name)} is ${show(stored.shape)}, config.json asks for ${show(shape)} (${meaning})`,
      )
    const taken = this.#taken.get(name)
    if (taken) return taken.tensor
    naturalType(file, stored)
    const tensor = empty(memoryFor(this.#dtype, 'loadModel'), shape, this.#dtype, 'loadModel')
    this.#taken.set(name, { file, stored, tensor })
    return tensor
  }

  /** Reads everything taken. `tell` hears how many bytes of how many are in. */
  async fill(tell: (loaded: number, total: number) => void): Promise<void> {
    const order = (taken: Taken): number => this.#files.indexOf(taken.file)
    const wanted = [...this.#taken.values()].sort((a, b) => order(a) - order(b) || a.stored.offset - b.stored.offset)
    const total = wanted.reduce((sum, { stored }) => sum + stored.bytes, 0)
    let loaded = 0
    tell(0, total)
    for (const { file, stored, tensor } of wanted)
      await fillTensor(file, stored, tensor, (bytes) => {
        loaded += bytes
        tell(loaded, total)
      })
  }

  /** Frees what was taken: for when loading fails half-way. */
  dispose(): void {
    for (const { tensor } of this.#taken.values()) tensor.dispose()
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.source.close()
  }
}

/** Opens the weights of a folder and checks their headers. */
export async function openCheckpoint(files: ModelFiles, dtype: 'float32' | 'float64'): Promise<Checkpoint> {
  const single = await openFile(files, SINGLE)
  if (single) return new Checkpoint([single], new Map([...single.tensors.keys()].map((name) => [name, single])), dtype)
  const index = await readJson(files, INDEX)
  if (index === undefined) throw new Error(`${files.label(SINGLE)}: there is no such file${await otherFormat(files)}`)
  return openShards(files, check(indexFile, index, files.label(INDEX)).weight_map, dtype)
}

const indexFile = z.object({ weight_map: z.record(z.string(), z.string()) })

async function openFile(files: ModelFiles, path: string): Promise<Safetensors | undefined> {
  const source = await files.open(path)
  if (!source) return undefined
  try {
    return await openSafetensors(source)
  } catch (error) {
    await source.close()
    throw error
  }
}

async function openShards(files: ModelFiles, weightMap: Record<string, string>, dtype: 'float32' | 'float64'): Promise<Checkpoint> {
  const shards = new Map<string, Safetensors>()
  try {
    for (const path of new Set(Object.values(weightMap))) {
      const shard = await openFile(files, path)
      if (!shard) throw new Error(`${files.label(path)}: there is no such file; ${INDEX} names it`)
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
  for (const path of ['pytorch_model.bin', 'tf_model.h5', 'model.onnx']) {
    const found = await files.open(path)
    await found?.close()
    if (found) return `; ${path} cannot be read, save the model as safetensors`
  }
  return ''
}
