/** Times one `init()` in a process that has done nothing else, until all threads are there. */

import { init } from '../../src/index.ts'
import { decode, encode } from './wire.ts'

for await (const { header } of decode(process.stdin)) {
  const from = performance.now()
  const engine = String(await (await init({ threads: header.threads as number })).settled())
  process.stdout.write(encode({ ms: performance.now() - from, engine }))
}
process.exit(0)
