import { loadLiteRt, unloadLiteRt } from '@litertjs/core'
import { litert } from './litert.ts'

export const litertPage = litert(async (threads) => {
  unloadLiteRt()
  await loadLiteRt('/bench/node_modules/@litertjs/core/wasm/', { threads: threads > 1 })
})
