/** Finding and loading the model that a command reads with. */

import { stat } from 'node:fs/promises'
import { type EngineInfo, init } from '../backend/index.ts'
import { absenceOf, type EmbeddedName, isEmbedded } from '../model/embedded.ts'
import { fetchModel, isHubName, loadModel, type Model, type WeightType } from '../model/index.ts'
import type { Console } from './console.ts'
import { embeddedModel } from './places.ts'
import { Problem } from './problem.ts'
import { bytes } from './terminal/figures.ts'
import { fit } from './terminal/width.ts'

/** How to come by a model, in one sentence. */
export const HOW_TO_GET_ONE =
  'name a folder or a model on the Hugging Face hub, as in `--model sentence-transformers/all-MiniLM-L6-v2`'

/**
 * The folder named; for `encoder`, `decoder` or `translator` that of the embedded model, unless there is a folder of that name here; for
 * `org/name`, the folder in the cache that the model is downloaded to; where nothing is named the embedded model `usual`. Undefined if
 * that one is not there.
 */
export async function findModel(
  named: string | undefined,
  console: Console,
  usual: EmbeddedName = 'encoder',
): Promise<string | undefined> {
  if (named === undefined) return embeddedModel(usual)
  const about = await stat(named).catch(() => undefined)
  if (isEmbedded(named) && !about?.isDirectory()) return embeddedModel(named) ?? missing(named)
  if (!about && isHubName(named)) return download(named, console)
  if (!about) throw new Problem(`--model: there is no folder ${JSON.stringify(named)}; ${HOW_TO_GET_ONE}`)
  if (!about.isDirectory())
    throw new Problem(`--model: ${JSON.stringify(named)} is a file; name the folder that holds config.json and model.safetensors`)
  return named
}

function missing(name: EmbeddedName): never {
  throw new Problem(`--model: there is no folder ${JSON.stringify(name)}${absenceOf(name)}`)
}

async function download(named: string, console: Console): Promise<string> {
  try {
    return await fetchModel(named, ({ file, bytes: done, total }) => {
      const line = `downloading ${file}: ${bytes(done)} of ${bytes(total)}`
      console.progress(fit(line, console.screen.columns - 1))
    })
  } catch (error) {
    throw new Problem(`--model: ${(error as Error).message}`)
  } finally {
    console.progress('')
  }
}

export async function requireModel(named: string | undefined, console: Console, usual?: EmbeddedName): Promise<string> {
  const folder = await findModel(named, console, usual)
  if (folder === undefined) throw new Problem(`no model: none is embedded in this version; ${HOW_TO_GET_ONE}`)
  return folder
}

export interface Loaded {
  readonly model: Model
  readonly engine: EngineInfo
}

/** Loading that takes longer than this shows how far it is. */
const PATIENCE = 300

/** `dtype`: what the weights are held in, see `loadModel`. */
export async function load(folder: string, console: Console, dtype?: WeightType): Promise<Loaded> {
  const engine = await init()
  const from = performance.now()
  try {
    const model = await loadModel(folder, {
      ...(dtype && { dtype }),
      onProgress: ({ bytes: done, total }) => {
        if (performance.now() - from < PATIENCE) return
        const line = `loading the weights: ${bytes(done)} of ${bytes(total)}`
        console.progress(fit(line, console.screen.columns - 1))
      },
    })
    return { model, engine }
  } finally {
    console.progress('')
  }
}
