/** Whole models in Regard: reading, writing and learning, from the folder that the peer opens too. */

import { readFileSync } from 'node:fs'
import { parameter, valueAndGrad } from '../../src/autograd/index.ts'
import type { Checkpoint } from '../../src/model/checkpoint.ts'
import type { Network } from '../../src/model/families/family.ts'
import { familyOf } from '../../src/model/families/index.ts'
import { rowsOf } from '../../src/model/forward.ts'
import { Session } from '../../src/model/generate/session.ts'
import { diskSource, loadModel, loadTensor, type Model, openSafetensors, type Run } from '../../src/model/index.ts'
import { type ModelInput, prepare } from '../../src/model/input.ts'
import { AdamW, crossEntropy } from '../../src/nn/index.ts'
import { scope, type Tensor } from '../../src/tensor/index.ts'
import { COMPARED_STEPS, LEARNING, type ModelWork } from '../work.ts'
import type { Prepared } from './contestant.ts'
import { done } from './done.ts'

export async function modelWork(work: ModelWork): Promise<Prepared> {
  if (work.task === 'learn') return learn(work)
  const model = await loadModel(work.folder, { dtype: work.weights })
  if (work.task === 'encode') return encode(model, work)
  return work.task === 'prefill' ? prefill(model, work) : decode(model, work)
}

/** Everything that a run keeps to be asked later is made. */
function encode(model: Model, { ids }: ModelWork): Prepared {
  let last: Run | undefined
  return {
    variant: 'run',
    async call() {
      last?.dispose()
      last = await model.run({ inputIds: ids })
      await done(last.hidden(-1))
    },
    async rows(rows) {
      const hidden = last!.hidden(-1)
      const [, length, width] = hidden.shape as [number, number, number]
      const all = (await hidden.read()) as Float32Array
      return Float32Array.from(rows.flatMap(([b, n]) => [...all.subarray((b * length + n) * width, (b * length + n + 1) * width)]))
    },
  }
}

function prefill(model: Model, { ids }: ModelWork): Prepared {
  let scores: Float64Array = new Float64Array()
  return {
    variant: 'generate',
    async call() {
      const session = sessionOf(model, ids)
      scores = (await session.read(ids))[0]!
      session.dispose()
    },
    rows: async () => Float32Array.from(scores),
  }
}

/** Each call reads the next of the ids; after the last of them the text begins again. */
async function decode(model: Model, { ids, context = 1 }: ModelWork): Promise<Prepared> {
  const [text] = ids as [readonly number[]]
  let session = sessionOf(model, ids)
  let at = text.length
  let scores: Float64Array = new Float64Array()
  const begin = async () => {
    session.dispose()
    session = sessionOf(model, ids)
    await session.read([text.slice(0, context)])
    at = context
  }
  await begin()
  return {
    variant: 'generate',
    async call() {
      if (at === text.length) await begin()
      scores = (await session.read([[text[at++]!]]))[0]!
    },
    rows: async () => Float32Array.from(scores),
  }
}

function sessionOf({ network, config }: Model, ids: ModelWork['ids']): Session {
  return new Session(network, config, prepare({ inputIds: ids } satisfies ModelInput, config, undefined))
}

/** Forward, backward, AdamW. */
async function learn({ folder, ids, labels = [] }: ModelWork): Promise<Prepared> {
  const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'))
  const tensors = await numbersOf(folder)
  const architecture = familyOf(config, 'config').read(config, 'config')
  const network = architecture.build(asCheckpoint(tensors))
  for (const each of tensors.values()) parameter(each)
  const { rate, betas, eps, decay } = LEARNING
  const optimizer = new AdamW(tensors, { rate, betas, eps, decay })
  const side = prepare({ inputIds: ids }, architecture.config, undefined)
  const rows = rowsOf(side, 'index', architecture.config.padId)
  const flat = labels.flat()
  const losses: number[] = []
  const step = async () => {
    using s = scope()
    const { value, gradients } = valueAndGrad(() => lossOf(network, rows, flat))()
    optimizer.step(gradients.parameters)
    s.keep(value)
    losses.push((await read(value))[0]!)
  }
  return {
    variant: 'AdamW',
    call: step,
    async rows() {
      while (losses.length < COMPARED_STEPS) await step()
      return Float32Array.from(losses.slice(0, COMPARED_STEPS))
    },
  }
}

function lossOf(network: Network, rows: ReturnType<typeof rowsOf>, labels: readonly number[]): Tensor {
  using s = scope()
  const hidden = network.encoder!.forward(rows).hidden.at(-1)!
  return s.keep(crossEntropy(network.logits!(hidden), labels))
}

async function read(x: Tensor): Promise<Float32Array> {
  using one = x
  return (await one.read()) as Float32Array
}

async function numbersOf(folder: string): Promise<Map<string, Tensor>> {
  const source = await diskSource(`${folder}/model.safetensors`)
  if (!source) throw new Error(`${folder}: has no model.safetensors`)
  const file = await openSafetensors(source)
  const made = new Map<string, Tensor>()
  for (const name of file.tensors.keys()) made.set(name, await loadTensor(file, name))
  await file.source.close()
  return made
}

/** A family only asks for tensors by name; these are not packed, since they are going to change. */
function asCheckpoint(tensors: ReadonlyMap<string, Tensor>): Checkpoint {
  const take = (names: readonly string[]): Tensor => tensors.get(names.find((name) => tensors.has(name))!)!
  const asked = {
    label: 'the learner',
    names: tensors.keys(),
    has: (name: string) => tensors.has(name),
    take,
    matrix: take,
    table: take,
  }
  return asked as unknown as Checkpoint
}
