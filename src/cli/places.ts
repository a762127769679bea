/** Where this package keeps what the command line needs, whether it runs from source or as it was published. */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type EmbeddedName, embeddedFolder } from '../model/embedded.ts'

const EXPLORER = ['../../explorer/dist/', '../explorer/', '../../dist/explorer/']

/** The folder of the built explorer; undefined if it was not built. */
export function explorerFolder(): string | undefined {
  return firstWith('index.html', EXPLORER)
}

/** The folder of an embedded model; undefined if it is not there. */
export function embeddedModel(name: EmbeddedName): string | undefined {
  const folder = fileURLToPath(embeddedFolder(name))
  return existsSync(`${folder}config.json`) ? folder : undefined
}

function firstWith(file: string, candidates: readonly string[]): string | undefined {
  return candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((folder) => existsSync(`${folder}${file}`))
}
