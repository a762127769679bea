/** A model's files, fetched before it is loaded: for readers that work on a folder. */

import { z } from 'zod'
import { briefly, check } from '../check.ts'
import { familyOf } from '../families/index.ts'
import { readJson } from '../files.ts'
import type { ModelFiles } from '../inside.ts'
import { hubName } from './name.ts'
import { openRepository } from './repository.ts'

export interface DownloadProgress {
  /** The file that is being downloaded. */
  readonly file: string
  /** How many of its bytes are in, of how many. */
  readonly bytes: number
  readonly total: number
}

const INDEX = 'model.safetensors.index.json'
const BESIDE = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'generation_config.json',
  'sentence_bert_config.json',
]

/**
 * Downloads what `loadModel` reads of `org/name` or `org/name@revision`, unless it is in the cache, and gives back the folder where it
 * lies. Node only. A model that Regard cannot run is refused before its weights are fetched.
 */
export function fetchModel(name: string, onProgress?: (progress: DownloadProgress) => void): Promise<string> {
  return briefly(() => fetchAll(name, onProgress))
}

async function fetchAll(name: string, onProgress?: (progress: DownloadProgress) => void): Promise<string> {
  const hub = hubName(name)
  if (!hub) throw new Error(`fetchModel: models on the hub are named org/name or org/name@revision, got ${JSON.stringify(name)}`)
  const files = await openRepository(hub, (file, bytes, total) => onProgress?.({ file, bytes, total }))
  const label = files.label('config.json')
  const config = await readJson(files, 'config.json')
  if (config === undefined) throw new Error(`${label}: there is no such file${files.absence}; is ${name} a model for transformers?`)
  familyOf(config, label).read(config, label)
  for (const path of [...BESIDE, ...(await moduleConfigs(files)), ...(await weightFiles(files))]) await touch(files, path)
  return files.folder
}

/** Has the file come into the cache. */
async function touch(files: ModelFiles, path: string): Promise<boolean> {
  const source = await files.open(path)
  await source?.close()
  return source !== undefined
}

const modulesFile = z.array(z.object({ path: z.string() }))

async function moduleConfigs(files: ModelFiles): Promise<string[]> {
  const json = await readJson(files, 'modules.json')
  if (json === undefined) return []
  return check(modulesFile, json, files.label('modules.json')).flatMap(({ path }) => (path === '' ? [] : [`${path}/config.json`]))
}

const indexFile = z.object({ weight_map: z.record(z.string(), z.string()) })

async function weightFiles(files: ModelFiles): Promise<string[]> {
  if ((await files.size('model.safetensors')) !== undefined) return ['model.safetensors']
  const json = await readJson(files, INDEX)
  return json === undefined ? [] : [...new Set(Object.values(check(indexFile, json, files.label(INDEX)).weight_map))]
}
