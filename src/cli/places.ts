/** Where this package keeps what the command line needs, whether it runs from source or as it was published. */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const EXPLORER = ['../../explorer/dist/', '../explorer/', '../../dist/explorer/']
const ENCODER = ['../../models/encoder/']

/** The folder of the built explorer; undefined if it was not built. */
export function explorerFolder(): string | undefined {
  return firstWith('index.html', EXPLORER)
}

/** The folder of the embedded encoder; undefined if there is none. */
export function embeddedEncoder(): string | undefined {
  return firstWith('config.json', ENCODER)
}

function firstWith(file: string, candidates: readonly string[]): string | undefined {
  return candidates.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((folder) => existsSync(`${folder}${file}`))
}
