/**
 * Feeds broken files to every reader of files: `npm run fuzz -- --count 1000000 [--seed 1] [--from 0] [--only safetensors]`.
 * Each input must be taken or refused in one clear line, at once and with little memory. What fails is printed with its seed and
 * number; `--from N --count 1` runs it again.
 */

import { parseArgs } from 'node:util'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

/** How long one input may keep its reader, in seconds, before it is called a hang. */
const HANG = 20

if (isMainThread) await watch()
else await work()

async function watch() {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      only: { type: 'string', multiple: true },
    },
  })
  const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)]
  const place = new Int32Array(new SharedArrayBuffer(4))
  const began = performance.now()
  let told = began
  let last = { at: -1, since: began }
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { seed, from, count, only: values.only, place },
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  })
  const end = (/** @type {number} */ code, /** @type {string} */ line) => {
    console.log(line)
    process.exit(code)
  }
  const where = () => `seed ${seed}, input ${place[0]}`
  worker.on('message', (/** @type {string[]} */ faults) => {
    for (const fault of faults) console.log(`${fault}\n`)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    end(faults.length > 0 ? 1 : 0, `${count} inputs, ${faults.length} faults, seed ${seed}, ${seconds} s`)
  })
  worker.on('error', (/** @type {Error} */ error) => end(1, `${where()}: ended the reader: ${error.message}`))
  worker.on('exit', () => end(1, `${where()}: ended the process`))
  setInterval(() => {
    const now = performance.now()
    if (place[0] !== last.at) last = { at: place[0] ?? 0, since: now }
    if (now - last.since > HANG * 1000) end(1, `${where()}: hangs`)
    if (now - told < 10_000) return
    told = now
    process.stderr.write(`${last.at - from} of ${count} inputs\n`)
  }, 500)
}

async function work() {
  const { parentPort } = await import('node:worker_threads')
  const { init } = await import('../src/index.ts')
  const { describeFault, fuzz } = await import('../test/support/fuzz/run.ts')
  const { TARGETS } = await import('../test/support/fuzz/targets.ts')
  const { place, ...options } = workerData
  await init({ threads: 1 })
  const tell = (/** @type {number} */ n) => {
    place[0] = n
  }
  const faults = await fuzz({ ...options, targets: [...TARGETS, await tokenizers()], tell })
  parentPort?.postMessage(faults.map(describeFault))
}

/** Every kind of tokenizer that people use, with parts exchanged, nested and made extreme. */
async function tokenizers() {
  const { mutatedTokenizer, tryTokenizer } = await import('../test/model/fuzz-tokenizer.ts')
  return {
    name: 'tokenizers',
    share: 3,
    draw: (/** @type {import('../test/support/fuzz/random.ts').Random} */ random) => {
      const file = mutatedTokenizer(() => random.next())
      return { input: JSON.stringify(file), feed: () => tryTokenizer(file) }
    },
  }
}
