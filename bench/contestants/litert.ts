/** LiteRT.js (XNNPACK compiled to WASM): attention as the four operators that a converted model has, products as FULLY_CONNECTED. */

import { type CompiledModel, loadAndCompile, Tensor } from '@litertjs/core'
import { normal } from '../numbers.ts'
import { type AttentionWork, maskBias, type ProductWork, SEEDS, type Work, weightScale } from '../work.ts'
import { type Contestant, operation, type Prepared, pickRows, Refusal } from './contestant.ts'
import { attentionModel, linearModel } from './tflite.ts'

/** `load` brings up the runtime with or without its threads. */
export function litert(load: (threads: number) => Promise<void>): Contestant {
  return {
    async prepare(work: Work, threads: number): Promise<Prepared> {
      await load(threads)
      const asked = operation(work)
      return asked.kind === 'product' ? product(asked, threads) : attention(asked, threads)
    },
  }
}

async function attention(work: AttentionWork, threads: number): Promise<Prepared> {
  const { heads, queries, keys, width, mask, alibi, backward } = work
  if (alibi || backward) throw new Refusal('is not asked for it here')
  const added = mask.kind === 'dense' ? undefined : maskBias(work)
  const model = await loadAndCompile(attentionModel(heads, queries, keys, width, added), {
    accelerator: 'wasm',
    cpuOptions: { numThreads: threads },
  })
  const inputs = (['q', 'k', 'v'] as const).map((name) => {
    const length = name === 'q' ? queries : keys
    return new Tensor(normal(heads * length * width, SEEDS[name]), [1, heads, length, width])
  })
  return running(model, inputs, queries, width)
}

async function product({ m, n, k }: ProductWork, threads: number): Promise<Prepared> {
  const w = normal(n * k, SEEDS.w, 0, weightScale(k))
  const model = await loadAndCompile(linearModel(m, n, k, w, normal(n, SEEDS.bias)), {
    accelerator: 'wasm',
    cpuOptions: { numThreads: threads },
  })
  return running(model, [new Tensor(normal(m * k, SEEDS.x), [m, k])], m, n)
}

function running(model: CompiledModel, inputs: Tensor[], length: number, width: number): Prepared {
  let last: Tensor | undefined
  return {
    variant: 'XNNPACK',
    async call() {
      const [output] = await model.run(inputs)
      last?.delete()
      last = output
    },
    rows: async (rows) => pickRows(last!.toTypedArray() as Float32Array, length, width, rows),
  }
}
