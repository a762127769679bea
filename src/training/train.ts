/** The loop: exercises, gradients, steps, scores, checkpoints. */

import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { valueAndGrad } from '../autograd/index.ts'
import { init } from '../backend/index.ts'
import { Tokenizer, writeSafetensors } from '../model/index.ts'
import { prepare } from '../model/input.ts'
import { Run } from '../model/run.ts'
import { AdamW, clipByNorm, Muon } from '../nn/index.ts'
import { tensor } from '../ops/index.ts'
import { numberToFloat16, scope, type Tensor } from '../tensor/index.ts'
import { lossOf, tokensIn } from './lesson.ts'
import type { Standing } from './progress.ts'
import { type Exercise, type Moment, type Reader, type Recipe, rateAt, type Scores } from './recipe.ts'
import { readSaved, save, writeWhole } from './saved.ts'
import type { Config } from './shapes.ts'
import { Student } from './student.ts'
import { learnTokenizer } from './vocabulary/tokenizer-file.ts'

export interface TrainOptions {
  /** Where the model, its checkpoint and its log go. */
  readonly folder: string
  /** Go on from the checkpoint of the folder, if there is one. */
  readonly resume: boolean
  /** Stop after this step, with a checkpoint: for those who train in sittings. */
  readonly until?: number | undefined
  /** A checkpoint at least so often. Default: 3 minutes. */
  readonly checkpointSeconds?: number
  /** Hears of every step. */
  onStep?(standing: Standing): void
  /** Hears of scores when they were taken. */
  onScores?(step: number, scores: Scores): void
  /** Says when to stop: the step under way is finished and saved. */
  readonly stop?: AbortSignal | undefined
}

export interface Trained {
  readonly steps: number
  /** Is it done, or was it stopped before? */
  readonly finished: boolean
  /** Of this training in all sittings. */
  readonly seconds: number
  readonly scores: Scores
}

const CHECKPOINT = 'checkpoint.safetensors'
const LOG = 'log.jsonl'

/** Trains a model by its recipe and writes it as a folder that `loadModel` reads. */
export async function train(recipe: Recipe, options: TrainOptions): Promise<Trained> {
  const engine = String(await init())
  mkdirSync(options.folder, { recursive: true })
  const before = options.resume ? await readSaved(join(options.folder, CHECKPOINT)) : undefined
  if (before && before.notes.recipe !== fingerprint(recipe))
    throw new Error(
      `${join(options.folder, CHECKPOINT)}: was made by another recipe; train without --resume, or into another folder`,
    )
  using sitting = new Sitting(recipe, options, engine, before)
  return await sitting.run()
}

/** What must be the same for a checkpoint to go on. */
function fingerprint({ name, seed, config, steps, rate, reach, warmup, second, vocabulary }: Recipe): string {
  return JSON.stringify({ name, seed, config, steps, rate, reach, warmup, second, size: vocabulary.size })
}

class Sitting implements Disposable {
  readonly #recipe: Recipe
  readonly #options: TrainOptions
  readonly #engine: string
  readonly #tokenizerJson: string
  readonly #tokenizer: Tokenizer
  readonly #config: Config
  readonly #student: Student
  readonly #optimizer: AdamW
  readonly #losses: number[] = []
  #step: number
  #stage: number
  #seconds: number
  #scores: Scores = {}

  constructor(recipe: Recipe, options: TrainOptions, engine: string, before: Awaited<ReturnType<typeof readSaved>>) {
    this.#recipe = recipe
    this.#options = options
    this.#engine = engine
    this.#tokenizerJson = before?.notes.tokenizer ?? JSON.stringify(learnTokenizer(recipe.texts(), recipe.vocabulary))
    this.#tokenizer = new Tokenizer(JSON.parse(this.#tokenizerJson))
    this.#config = { ...recipe.config, vocab_size: this.#tokenizer.vocabulary } as Config
    this.#student = new Student(this.#config, recipe.seed)
    this.#optimizer = optimizerOf(recipe, this.#student)
    this.#step = Number(before?.notes.step ?? 0)
    this.#stage = Number(before?.notes.stage ?? 0)
    this.#seconds = Number(before?.notes.seconds ?? 0)
    if (before) this.#restore(before.tensors)
  }

  async run(): Promise<Trained> {
    const { recipe, options } = { recipe: this.#recipe, options: this.#options }
    const last = Math.min(recipe.steps, options.until ?? recipe.steps)
    const every = (options.checkpointSeconds ?? 180) * 1000
    const pace = new Pace()
    let saved = performance.now()
    while (this.#step < last && !options.stop?.aborted) {
      const tokens = await this.#learn()
      pace.add(tokens)
      this.#seconds += pace.lastSeconds
      this.#step++
      options.onStep?.({
        step: this.#step,
        steps: recipe.steps,
        losses: this.#losses,
        tokensPerSecond: pace.tokensPerSecond,
        secondsLeft: pace.secondsPerStep * (recipe.steps - this.#step),
      })
      if (this.#step % recipe.measureEvery === 0 || this.#step === recipe.steps) await this.#measure()
      await turn()
      if (performance.now() - saved > every) {
        await this.#save()
        saved = performance.now()
      }
    }
    await this.#save()
    await this.#write()
    return { steps: this.#step, finished: this.#step >= recipe.steps, seconds: this.#seconds, scores: this.#scores }
  }

  /** One step. → how many tokens it read. */
  async #learn(): Promise<number> {
    const exercise = this.#recipe.exercise(this.#moment)
    const loss = this.#update(exercise)
    this.#losses.push((await loss.read())[0]!)
    loss.dispose()
    return tokensIn(exercise)
  }

  #update(exercise: Exercise): Tensor {
    using s = scope()
    const { value, gradients } = valueAndGrad(() => lossOf(this.#student, exercise, this.#recipe.groups))()
    const clipped = clipByNorm(gradients.parameters, this.#recipe.clip)
    this.#optimizer.rate = rateAt(this.#recipe, this.#step)
    this.#optimizer.step(clipped.gradients)
    return s.keep(value)
  }

  get #moment(): Moment {
    return { tokenizer: this.#tokenizer, seed: this.#recipe.seed, step: this.#step, stage: this.#stage }
  }

  /** What reads with the weights as they are now. */
  get #reader(): Reader {
    const { config, network } = this.#student
    const tokenizer = this.#tokenizer
    return {
      config,
      tokenizer,
      run: async (input) => new Run({ config, network, sentence: undefined }, prepare(input, config, tokenizer)),
    }
  }

  async #measure(): Promise<void> {
    const { recipe, options } = { recipe: this.#recipe, options: this.#options }
    this.#scores = await recipe.measure(this.#reader, this.#moment)
    const recent = this.#losses.slice(-recipe.measureEvery)
    const loss = recent.reduce((sum, each) => sum + each, 0) / Math.max(1, recent.length)
    const line = { step: this.#step, stage: this.#stage, seconds: Math.round(this.#seconds), loss, ...this.#scores }
    appendFileSync(join(options.folder, LOG), `${JSON.stringify(line)}\n`)
    options.onScores?.(this.#step, this.#scores)
    if (recipe.advances?.(this.#scores, this.#stage)) this.#stage++
  }

  async #save(): Promise<void> {
    const tensors = new Map<string, Float32Array>()
    for (const [name, each] of this.#student.parameters) tensors.set(`parameter ${name}`, (await each.read()) as Float32Array)
    for (const [name, each] of this.#optimizer.state()) tensors.set(`optimizer ${name}`, (await each.read()) as Float32Array)
    const notes = {
      recipe: fingerprint(this.#recipe),
      step: String(this.#step),
      stage: String(this.#stage),
      seconds: String(this.#seconds),
      engine: this.#engine,
      tokenizer: this.#tokenizerJson,
    }
    save(join(this.#options.folder, CHECKPOINT), { tensors, notes })
  }

  #restore(tensors: ReadonlyMap<string, Float32Array>): void {
    const state = new Map<string, Tensor>()
    for (const [key, data] of tensors) {
      const [kind, name] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]
      if (kind === 'parameter') this.#student.set(name, data)
      else state.set(name, tensor(data, this.#student.parameters.get(name.slice(0, name.lastIndexOf('.')))!.shape))
    }
    this.#optimizer.restore(this.#step, state)
    for (const each of state.values()) each.dispose()
  }

  /** The model as others read it: float16 weights, config.json, tokenizer.json. */
  async #write(): Promise<void> {
    const { folder } = this.#options
    const numbers = await this.#student.numbers()
    const stored = [...numbers].map(([name, { shape, data }]) => ({
      name,
      dtype: 'F16' as const,
      shape,
      data: Uint16Array.from(data, (each) => numberToFloat16(each)),
    }))
    writeWhole(join(folder, 'model.safetensors'), writeSafetensors(stored, { format: 'pt' }))
    writeWhole(join(folder, 'config.json'), `${JSON.stringify({ ...this.#config, torch_dtype: 'float16' }, undefined, 2)}\n`)
    writeWhole(join(folder, 'tokenizer.json'), this.#tokenizerJson)
  }

  [Symbol.dispose](): void {
    this.#student.dispose()
    this.#optimizer.dispose()
  }
}

/** AdamW for everything, or Muon for the matrices of the blocks; only what has two axes decays. */
function optimizerOf({ rate, weightDecay, reach }: Recipe, { parameters, wordTable }: Student): AdamW {
  const decay = (_: string, { shape }: Tensor): number => (shape.length === 2 ? weightDecay : 0)
  const common = { rate, betas: [0.9, 0.98], decay } as const
  const matrix = (_: string, parameter: Tensor): boolean => parameter !== wordTable
  return reach === undefined ? new AdamW(parameters, common) : new Muon(parameters, { ...common, matrix, reach })
}

/** Lets signals and timers have their turn: a step that ends at once lets nobody in between. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

/** How fast it goes, over the last steps. */
class Pace {
  #from = performance.now()
  readonly #steps: { readonly seconds: number; readonly tokens: number }[] = []

  add(tokens: number): void {
    const now = performance.now()
    this.#steps.push({ seconds: (now - this.#from) / 1000, tokens })
    if (this.#steps.length > 50) this.#steps.shift()
    this.#from = now
  }

  get lastSeconds(): number {
    return this.#steps.at(-1)?.seconds ?? 0
  }

  get secondsPerStep(): number {
    return this.#sum('seconds') / this.#steps.length
  }

  get tokensPerSecond(): number {
    return this.#sum('tokens') / this.#sum('seconds')
  }

  #sum(what: 'seconds' | 'tokens'): number {
    return this.#steps.reduce((sum, step) => sum + step[what], 0)
  }
}
