/** The files of strangers that Regard reads, each with good ones to begin with and the reader to feed. */

import { FAMILY_NAMES, familyOf } from '../../../src/model/families/index.ts'
import { modelFiles, readJson } from '../../../src/model/files.ts'
import {
  bytesSource,
  loadModel,
  loadTensor,
  openSafetensors,
  type TensorToStore,
  writeSafetensors,
} from '../../../src/model/index.ts'
import { openCheckpoint } from '../../../src/model/open-checkpoint.ts'
import { sentenceEmbedding } from '../../../src/model/pooling.ts'
import { Tokenizer } from '../../../src/model/tokenizer/tokenizer.ts'
import { tinyBert } from '../tiny-bert.ts'
import { configOf } from './configs.ts'
import type { Feed } from './judge.ts'
import { mutateBytes, mutateJson } from './mutate.ts'
import type { Random } from './random.ts'
import { TOKENIZERS } from './tokenizers.ts'

export interface Target {
  readonly name: string
  /** How many of all inputs are for it. */
  readonly share: number
  /** Draws one input: what it is, for the report, and the reader fed with it. */
  draw(random: Random): { readonly input: string | Uint8Array; readonly feed: Feed }
}

const text = (json: unknown): string => JSON.stringify(json)
const blob = (content: BlobPart): Blob => new Blob([content])

const TENSORS: TensorToStore[] = [
  { name: 'a', dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: 'b', dtype: 'BF16', shape: [4], data: Uint16Array.of(1, 2, 0x7f80, 0xffff) },
  { name: 'c.weight', dtype: 'I64', shape: [1], data: BigInt64Array.of(7n) },
  { name: 'd', dtype: 'BOOL', shape: [2, 0], data: new Uint8Array(0) },
  { name: 'é "quoted"', dtype: 'F64', shape: [], data: Float64Array.of(0.5) },
]
const FILES = [writeSafetensors(TENSORS, { format: 'pt', 'k y': 'v' }), writeSafetensors(TENSORS.slice(0, 2)), writeSafetensors([])]

/** A header changed as JSON, with a length that fits it (or not), before the data. */
function mutateHeader(file: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const header = new TextEncoder().encode(mutateJson(new TextDecoder().decode(file.subarray(8, 8 + length)).trimEnd(), random))
  const out = new Uint8Array(8 + header.length + file.length - 8 - length)
  const said = random.chance(0.9) ? BigInt(header.length) : BigInt(random.below(2 ** 31)) << BigInt(random.below(33))
  new DataView(out.buffer).setBigUint64(0, said, true)
  out.set(header, 8)
  out.set(file.subarray(8 + length), 8 + header.length)
  return out
}

const safetensors: Target = {
  name: 'safetensors',
  share: 4,
  draw(random) {
    const input = (random.chance(0.6) ? mutateHeader : mutateBytes)(random.of(FILES), random)
    return {
      input,
      feed: async () => {
        const file = await openSafetensors(bytesSource(input, 'model.safetensors'))
        for (const name of file.tensors.keys()) (await loadTensor(file, name)).dispose()
      },
    }
  },
}

const config: Target = {
  name: 'config.json',
  share: 3,
  draw(random) {
    const input = mutateJson(text(configOf(random.of(FAMILY_NAMES))), random)
    return {
      input,
      feed: async () => {
        const files = await modelFiles(new Map([['config.json', blob(input)]]))
        const json = await readJson(files, 'config.json')
        familyOf(json, 'config.json').read(json, 'config.json')
      },
    }
  },
}

const TINY = tinyBert(1)

/** A whole model with one file of it changed: what a config asks for is checked against the weights before memory is asked for. */
const whole: Target = {
  name: 'a model',
  share: 0.3,
  draw(random) {
    const path = random.of(['config.json', 'modules.json', 'pooling/config.json', 'sentence_bert_config.json'])
    const input = mutateJson(text(TINY.json[path]), random)
    return {
      input: `${path}: ${input}`,
      feed: async () => {
        const files = new Map<string, Blob>([['model.safetensors', blob(TINY.weights)]])
        for (const [name, json] of Object.entries(TINY.json)) files.set(name, blob(name === path ? input : text(json)))
        using _ = await loadModel(files)
      },
    }
  },
}

const modules: Target = {
  name: 'modules.json',
  share: 1,
  draw(random) {
    const path = random.of(['modules.json', 'pooling/config.json', 'sentence_bert_config.json'])
    const input = mutateJson(text(TINY.json[path]), random)
    return {
      input: `${path}: ${input}`,
      feed: async () => {
        const files = guarded(Object.entries(TINY.json).map(([name, json]) => [name, name === path ? input : text(json)]))
        await sentenceEmbedding(await modelFiles(files), undefined)
      },
    }
  },
}

const INDEX = {
  metadata: { total_size: 40 },
  weight_map: { a: 'model-1.safetensors', b: 'sub/model-2.safetensors', 'c.weight': 'model-1.safetensors' },
}

const index: Target = {
  name: 'model.safetensors.index.json',
  share: 2,
  draw(random) {
    const input = mutateJson(text(INDEX), random)
    return {
      input,
      feed: async () => {
        const files = guarded([
          ['model.safetensors.index.json', input],
          ['model-1.safetensors', FILES[0]!],
          ['sub/model-2.safetensors', FILES[1]!],
        ])
        const checkpoint = await openCheckpoint(await modelFiles(files), 'stored')
        await checkpoint.close()
      },
    }
  },
}

/** Files with bait outside of the folder: whoever takes it has left. */
function guarded(entries: readonly (readonly [string, BlobPart])[]): Map<string, Blob> {
  const files = new Map(entries.map(([name, content]): [string, Blob] => [name, blob(content)]))
  const get = files.get.bind(files)
  files.get = (name) => {
    if (/(^|[\\/])\.\.?([\\/]|$)|^[\\/]|^\w:|\0/.test(name))
      throw new Error(`Cannot read ${JSON.stringify(name)}: it lies outside of the folder`)
    return get(name)
  }
  return files
}

const tokenizer: Target = {
  name: 'tokenizer.json',
  share: 2,
  draw(random) {
    const input = mutateJson(text(random.of(TOKENIZERS)), random)
    return {
      input,
      feed: async () => {
        const json = await readJson(await modelFiles(new Map([['tokenizer.json', blob(input)]])), 'tokenizer.json')
        const made = new Tokenizer(json, 'tokenizer.json')
        made.encode('The cat’s naïve Ω 漢字 👩‍🔬\u0301 sat  \t\n123')
      },
    }
  },
}

export const TARGETS: readonly Target[] = [safetensors, config, whole, modules, index, tokenizer]
