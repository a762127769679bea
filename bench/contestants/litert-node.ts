/** LiteRT.js is made for pages and workers; in Node its loader finds what it expects of a worker here. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import vm from 'node:vm'
import { loadLiteRt } from '@litertjs/core'
import { Refusal } from './contestant.ts'
import { litert } from './litert.ts'

export const litertNode = litert(async (threads) => {
  if (threads > 1) throw new Refusal('its threads start only in a page')
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve('@litertjs/core')), '..', 'wasm')
  const scope = globalThis as Record<string, unknown>
  Object.assign(scope, { self: globalThis, require, __dirname: folder, __filename: join(folder, 'loader.js') })
  scope.importScripts = (url: string) => {
    const file = String(url).replace(/^file:\/\//, '')
    scope.__filename = file
    vm.runInThisContext(readFileSync(file, 'utf8'), { filename: file })
  }
  await loadLiteRt(`${folder}/`, { threads: false })
})
