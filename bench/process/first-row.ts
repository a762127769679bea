/**
 * From nothing to one row of attention: a process that has done nothing else loads a model, reads a sentence and asks who *it* looks at. As on
 * the command line, Node keeps what it has compiled for the next process.
 */

import { enableCompileCache } from 'node:module'
import type * as Models from '../../src/model/index.ts'
import type { FirstRowQuestion } from './remote.ts'
import { decode, encode } from './wire.ts'

enableCompileCache()

const SENTENCE = "The animal didn't cross the street because it was too tired."

for await (const { header } of decode(process.stdin)) {
  const { entry, folder } = header as unknown as FirstRowQuestion
  const { loadModel } = (await import(entry)) as typeof Models
  const model = await loadModel(folder)
  const run = await model.run(SENTENCE)
  const it = run.tokens.findIndex(({ start, end }) => SENTENCE.slice(start, end) === 'it')
  const row = await run.attention(model.config.layers - 1, 0).row(it)
  process.stdout.write(encode({ variant: model.name }, new Uint8Array(row.buffer, row.byteOffset, row.byteLength)))
}
process.exit(0)
