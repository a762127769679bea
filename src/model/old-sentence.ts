/** The first sentence-transformers kept the transformer in a folder of its own: 0_Transformer/config.json beside 1_Pooling/config.json. */

import { z } from 'zod'
import { check } from './check.ts'
import { readJson } from './files.ts'
import type { ModelFiles } from './inside.ts'

const MODULES = 'modules.json'
const modulesFile = z.array(z.object({ path: z.string(), type: z.string() }))

/** The same files with those of the transformer's folder at the root; as they are, where modules.json names no such folder. */
export async function withTransformerAtRoot(files: ModelFiles): Promise<ModelFiles> {
  const json = await readJson(files, MODULES)
  if (json === undefined) return files
  const modules = check(modulesFile, json, files.label(MODULES))
  const folder = modules.find(({ type }) => type.endsWith('.Transformer'))?.path
  if (!folder) return files
  const stays = (path: string): boolean =>
    path === MODULES || modules.some((module) => module.path && path.startsWith(`${module.path}/`))
  const at = (path: string): string => (stays(path) ? path : `${folder}/${path}`)
  return {
    name: files.name,
    distant: files.distant ?? false,
    absence: files.absence ?? '',
    label: (path) => files.label(at(path)),
    open: (path) => files.open(at(path)),
    size: (path) => files.size(at(path)),
  }
}
