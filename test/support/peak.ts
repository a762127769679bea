/** A process of its own: `node --expose-gc peak.ts FOLDER DTYPE` loads a model and prints what it took at most, as JSON. */

import { memoryFor } from '../../src/backend/index.ts'
import { init } from '../../src/index.ts'
import { loadModel, type WeightType } from '../../src/model/index.ts'

const [folder, dtype] = process.argv.slice(2) as [string, WeightType]
await init({ threads: 1 })
globalThis.gc?.()

/** What the engine has handed out, what lies in array buffers, and JavaScript's own heap. */
function taken(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return memoryFor('float32', 'peak').live.bytes + heapUsed + arrayBuffers
}

const before = taken()
let peak = 0
const watch = (): void => {
  peak = Math.max(peak, taken() - before)
}
const model = await loadModel(folder, { dtype, onProgress: watch })
watch()
console.log(JSON.stringify({ weights: model.weights.bytes, peak }))
