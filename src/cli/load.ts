/** Finding and loading the model that a command reads with. */

import { stat } from 'node:fs/promises'
import { type EngineInfo, init } from '../backend/index.ts'
import { loadModel, type Model } from '../model/index.ts'
import type { Console } from './console.ts'
import { embeddedEncoder } from './places.ts'
import { Problem } from './problem.ts'
import { bytes } from './terminal/figures.ts'
import { fit } from './terminal/width.ts'

/** How to come by a model, in one sentence. */
export const HOW_TO_GET_ONE =
  'name the folder of a BERT-family checkpoint with --model DIR, for example one fetched by `git clone https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2` (needs git-lfs)'

/** The folder named, else the embedded encoder; undefined if there is neither. */
export async function findModel(named: string | undefined): Promise<string | undefined> {
  if (named === undefined) return embeddedEncoder()
  const about = await stat(named).catch(() => undefined)
  if (!about) throw new Problem(`--model: there is no folder ${JSON.stringify(named)}; ${HOW_TO_GET_ONE}`)
  if (!about.isDirectory())
    throw new Problem(`--model: ${JSON.stringify(named)} is a file; name the folder that holds config.json and model.safetensors`)
  return named
}

export async function requireModel(named: string | undefined): Promise<string> {
  const folder = await findModel(named)
  if (folder === undefined) throw new Problem(`no model: none is embedded in this version; ${HOW_TO_GET_ONE}`)
  return folder
}

export interface Loaded {
  readonly model: Model
  readonly engine: EngineInfo
}

/** Loading that takes longer than this shows how far it is. */
const PATIENCE = 300

export async function load(folder: string, console: Console): Promise<Loaded> {
  const engine = await init()
  const from = performance.now()
  try {
    const model = await loadModel(folder, {
      onProgress: ({ loaded, total }) => {
        if (performance.now() - from < PATIENCE) return
        const line = `loading the weights: ${bytes(loaded)} of ${bytes(total)}`
        console.progress(fit(line, console.screen.columns - 1))
      },
    })
    return { model, engine }
  } finally {
    console.progress('')
  }
}
