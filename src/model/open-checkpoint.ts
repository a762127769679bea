/** Finding the weights of a model: one safetensors file, or several with an index that says which tensor is in which. */

import { z } from 'zod'
import { check } from './check.ts'
import { Checkpoint } from './checkpoint.ts'
import { type ModelFiles, readJson } from './files.ts'
import { gigabytes, MOST_BYTES, type WeightType } from './held.ts'
import { openSafetensors, type Safetensors } from './safetensors.ts'
import type { Source } from './source.ts'

const SINGLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'
/** How the file begins that stands for one that git-lfs has not fetched. */
const POINTER = 'version https://git-lfs.github.com/spec/'

/** Opens the weights of a folder and checks their headers. */
export async function openCheckpoint(files: ModelFiles, held: WeightType): Promise<Checkpoint> {
  if (files.distant) refuseEarly(files.label(SINGLE), (await files.size(SINGLE)) ?? 0, held)
  const single = await openFile(files, SINGLE)
  if (single)
    return new Checkpoint(single.source.name, [single], new Map([...single.tensors.keys()].map((name) => [name, single])), held)
  const index = await readJson(files, INDEX)
  if (index === undefined)
    throw new Error(`${files.label(SINGLE)}: there is no such file${files.absence ?? ''}${await otherFormat(files)}`)
  const { weight_map: weightMap, metadata } = check(indexFile, index, files.label(INDEX))
  if (files.distant) refuseEarly(files.label(INDEX), metadata?.total_size ?? 0, held)
  return openShards(files, weightMap, held)
}

const indexFile = z.object({
  weight_map: z.record(z.string(), z.string()),
  metadata: z.looseObject({ total_size: z.number().optional() }).nullish(),
})

/** Before gigabytes are downloaded for nothing: int8 takes a quarter of what is stored at the least, other types half. */
function refuseEarly(label: string, stored: number, held: WeightType): void {
  const least = held === 'int8' ? stored / 4 : held === 'stored' ? stored : stored / 2
  if (held === 'float64' || least <= MOST_BYTES) return
  const advice = stored / 4 <= MOST_BYTES && held !== 'int8' ? "try loadModel(…, { dtype: 'int8' })" : 'take a smaller model'
  throw new Error(
    `${label}: ${gigabytes(stored)} of weights do not fit into the ${gigabytes(MOST_BYTES)} that WebAssembly can address; ${advice}`,
  )
}

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

async function openShards(files: ModelFiles, weightMap: Record<string, string>, held: WeightType): Promise<Checkpoint> {
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
    return new Checkpoint(shards.size === 1 ? [...shards.values()][0]!.source.name : INDEX, [...shards.values()], where, held)
  } catch (error) {
    for (const shard of shards.values()) await shard.source.close()
    throw error
  }
}

async function otherFormat(files: ModelFiles): Promise<string> {
  for (const path of ['pytorch_model.bin', 'pytorch_model.bin.index.json', 'tf_model.h5', 'flax_model.msgpack', 'model.onnx']) {
    if ((await files.size(path)) !== undefined)
      return `; ${path} cannot be read, save the model as safetensors: save_pretrained of transformers does`
  }
  return `; the weights are expected there, or in shards that ${INDEX} lists`
}
