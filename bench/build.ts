/** Which build of Regard is measured: a run during which the kernels change is no run. */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

const KERNELS = new URL('../src/backend/wasm/kernels/', import.meta.url)

/** A short name for the compiled kernels as they are now. */
export function kernelsName(): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(KERNELS).sort()) hash.update(file).update(readFileSync(new URL(file, KERNELS)))
  return hash.digest('hex').slice(0, 8)
}
