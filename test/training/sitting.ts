/** One sitting of a tiny training, in a process of its own: `node sitting.ts FOLDER [until]`. Says each step. */

import { train } from '../../src/training/index.ts'
import { tiny } from './tiny.ts'

const [folder, until] = process.argv.slice(2)
await train(tiny, {
  folder: folder!,
  resume: true,
  until: until === undefined ? undefined : Number(until),
  checkpointSeconds: 0,
  onStep: ({ step }) => console.log(step),
})
process.exit(0)
