/** From a folder to a model that reads. */

import { init } from '../backend/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { briefly } from './check.ts'
import type { ModelConfig } from './config.ts'
import type { Bound } from './edit/bind.ts'
import { type Edits, type Named, readEdits } from './edit/edit.ts'
import type { SubjectParts } from './edit/subject.ts'
import { swapped } from './edit/swap.ts'
import type { Network } from './families/family.ts'
import { familyOf } from './families/index.ts'
import { type ModelSource, modelFiles, readJson } from './files.ts'
import { type GeneratedToken, generate } from './generate/generate.ts'
import type { GenerateOptions } from './generate/options.ts'
import { type WritingRules, writingRules } from './generate/rules.ts'
import type { Writing } from './generate/writing.ts'
import { computedIn, WEIGHT_TYPES, type WeightsReport, type WeightType } from './held.ts'
import { chained, type Hooks } from './hooks.ts'
import { type ModelInput, type Prepared, prepare } from './input.ts'
import { withTransformerAtRoot } from './old-sentence.ts'
import { openCheckpoint } from './open-checkpoint.ts'
import { type SentenceEmbedding, sentenceEmbedding } from './pooling.ts'
import { Recorder, Recording } from './recording.ts'
import { Run } from './run.ts'
import { readSeen, type Seen } from './seen.ts'
import { readTokenizer } from './tokenizer/read.ts'
import type { Tokenizer } from './tokenizer/tokenizer.ts'

export interface LoadOptions {
  /**
   * What the weights are held in. Default 'stored': 16-bit matrices stay 16-bit, and are widened, exactly, while they are multiplied.
   * 'float16', 'bfloat16' and 'int8' (a scale per row; `model.weights.rounded` tells what that cost) take less memory than float32.
   * 'float64' runs on the slow reference: the exact oracle.
   */
  dtype?: WeightType
  /** The address of the hub that `org/name` is sought on. Default: what HF_ENDPOINT says; in a browser, and where it says nothing, the usual one. */
  hub?: string
  /** Hears how far loading is. */
  onProgress?: (progress: LoadProgress) => void
}

/** What is done to a model while it reads. Without it nothing is paid. */
export interface RunOptions {
  /** Plain data: see `Edit`. */
  edits?: Edits
  /** Steps in between by functions of your own; they see what edits leave. */
  hooks?: Hooks | readonly Hooks[]
}

export interface LoadProgress {
  /** 'download': from the hub into the cache. 'read': into memory. */
  readonly stage: 'download' | 'read'
  /** The file that is being downloaded or read. */
  readonly file: string
  /** How many bytes are in, of how many: of this file where it is downloaded, of all weights where they are read. */
  readonly bytes: number
  readonly total: number
}

/** A transformer with its tokenizer. `loadModel` makes one. */
export class Model {
  /** The last part of the folder or address. */
  readonly name: string
  readonly config: ModelConfig
  /** Undefined without tokenizer.json: ids still work. */
  readonly tokenizer: Tokenizer | undefined
  /** What the model computes in. */
  readonly dtype: 'float32' | 'float64'
  /** What its weights are held in. */
  readonly weights: WeightsReport
  /** Weights in the files that the model has no use for. */
  readonly unused: readonly string[]
  /** The layers. */
  readonly network: Network
  /** What its files say about writing with it. */
  readonly writing: WritingRules
  /** Which words it met while it learned; undefined where its files do not tell. */
  readonly seen: Seen | undefined
  /** How it makes one vector of a text; undefined where its files do not say. */
  readonly sentence: SentenceEmbedding | undefined
  #disposed = false

  constructor(
    parts: Pick<Model, 'name' | 'config' | 'tokenizer' | 'dtype' | 'weights' | 'unused' | 'network' | 'writing' | 'seen'>,
    sentence: SentenceEmbedding | undefined,
  ) {
    this.name = parts.name
    this.config = parts.config
    this.tokenizer = parts.tokenizer
    this.dtype = parts.dtype
    this.weights = parts.weights
    this.unused = parts.unused
    this.network = parts.network
    this.writing = parts.writing
    this.seen = parts.seen
    this.sentence = sentence
  }

  /** How many numbers the model has learnt. */
  get parameterCount(): number {
    const counted = new Set<Tensor>()
    for (const [, parameter] of this.network.parameters()) counted.add(parameter)
    return [...counted].reduce((sum, parameter) => sum + parameter.size, 0)
  }

  /**
   * Reads a text, a list of ids, a list of texts, or a batch of ids. Nothing is cut off: what is longer than `config.positions`,
   * empty, or holds an id beyond `config.vocabulary` is refused with one line.
   */
  async run(input: ModelInput, options: RunOptions = {}): Promise<Run> {
    if (this.#disposed) throw new Error('run: the model was used after dispose()')
    for (const name of Object.keys(options))
      if (name !== 'edits' && name !== 'hooks')
        throw new TypeError(`run: there is no option '${name}'; the options are edits, hooks`)
    const { config, network } = this
    const reader = { config, network, sentence: this.sentence }
    const edits = readEdits(options.edits ?? [])
    const prepared = prepare(swapped(edits, input, this), config, this.tokenizer)
    const given = [options.hooks ?? []].flat() as readonly Hooks[]
    if (edits.length === 0) return new Run(reader, prepared, { hooks: chained(given) })
    const { hooks, release } = await this.#bound(edits, prepared, 0)
    try {
      return new Run(reader, prepared, { hooks: chained([hooks, ...given]), release })
    } catch (error) {
      release()
      throw error
    }
  }

  /**
   * Writes on, token by token, from a text, ids, several texts or a batch; an encoder–decoder writes in answer to them. Greedy unless the
   * options say otherwise. Each turn of the loop brings one token of one text, in the order of the batch:
   *
   *     for await (const { text } of model.generate('Once upon a time')) process.stdout.write(text)
   *
   * Leaving the loop frees what was kept between tokens. Which padding a batch has makes no difference.
   */
  generate(input: ModelInput, options: GenerateOptions = {}): AsyncGenerator<GeneratedToken, void, void> {
    if (this.#disposed) throw new Error('generate: the model was used after dispose()')
    const { config, network, tokenizer, writing: rules } = this
    const { edits: asked, ...rest } = options
    const edits = readEdits(asked ?? [])
    const prepared = prepare(swapped(edits, input, this), config, tokenizer)
    const edited = edits.length > 0 && ((room: number) => this.#bound(edits, prepared, room))
    return generate({ config, network, rules, tokenizer, ...(edited && { edited }) }, prepared, rest)
  }

  /**
   * Begins to write on by hand: what could come next, any of it taken, taken back again, and where every token looked. Of one text or list of
   * ids; an encoder–decoder writes in answer to it.
   *
   *     using writing = await model.write('Once upon a')
   *     const { id } = await writing.propose({ temperature: 0.8, seed: 1 })
   *     await writing.append(id)
   *     const row = await writing.attention(0, 'mean').row(writing.tokens.length - 1)
   */
  async write(input: ModelInput): Promise<Writing> {
    if (this.#disposed) throw new Error('writing: the model was used after dispose()')
    const { config, network, tokenizer, writing: rules } = this
    const { Writing } = await import('./generate/writing.ts')
    return await Writing.begin({ config, network, rules, tokenizer }, prepare(input, config, tokenizer))
  }

  /** What edits need comes when there are some: pages that only read are spared it. */
  async #bound(edits: readonly Named[], prepared: Prepared, room: number): Promise<Bound> {
    const { bindEdits } = await import('./edit/bind.ts')
    return bindEdits(edits, this.#subject(prepared, room))
  }

  #subject(prepared: Prepared, room: number): SubjectParts {
    const read = async (input?: ModelInput): Promise<Recording> => {
      const recorder = new Recorder()
      const { config, network, tokenizer } = this
      const text = input === undefined ? prepared : prepare(input, config, tokenizer)
      return new Recording(new Run({ config, network, sentence: undefined }, text, { hooks: recorder }), recorder)
    }
    return { config: this.config, network: this.network, prepared, room, read }
  }

  /** Frees the weights. Runs made before can still be read. */
  dispose(): void {
    this.#disposed = true
    this.network.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

/**
 * Loads a model in the layout of Hugging Face: config.json, model.safetensors (or shards with an index), tokenizer.json if there
 * is one, and the files of sentence-transformers if there are any. Starts the engine if it does not run yet.
 *
 * `source`: a folder, the name of an embedded model ('encoder', 'decoder', 'translator'; without a source it is the encoder), `org/name` or
 * `org/name@revision` on the Hugging Face hub (downloaded once, see docs/models.md), a `file:` or `http(s):` address, or relative path → Blob.
 * An existing folder wins over a model of its name. Whatever is missing, broken, unsupported or in disagreement is refused with one line
 * that names the file, before any weight is read where that can be known.
 */
export function loadModel(source?: ModelSource, options: LoadOptions = {}): Promise<Model> {
  return briefly(() => load(source, options))
}

async function load(source: ModelSource | undefined, options: LoadOptions): Promise<Model> {
  const { dtype: held = 'stored', hub, onProgress } = options
  if (!WEIGHT_TYPES.includes(held))
    throw new TypeError(`loadModel: dtype must be one of ${WEIGHT_TYPES.join(', ')}, got ${JSON.stringify(held)}`)
  const given = await modelFiles(source, (file, bytes, total) => onProgress?.({ stage: 'download', file, bytes, total }), hub)
  const first = await readJson(given, 'config.json')
  const files = first === undefined ? await withTransformerAtRoot(given) : given
  const json = first ?? (await readJson(files, 'config.json'))
  const label = files.label('config.json')
  if (json === undefined)
    throw new Error(
      `${label}: there is no such file${files.absence ?? ''}; a model's folder holds config.json and model.safetensors`,
    )
  const { config, build } = familyOf(json, label).read(json, label)
  const generation = 'generation_config.json'
  const writing = writingRules(json, label, await readJson(files, generation), files.label(generation))
  const tokenizer = await readTokenizer(files)
  const sentence = await sentenceEmbedding(files, tokenizer)
  const seen = await readSeen(files, json)
  await init()
  const weights = await openCheckpoint(files, held)
  try {
    const network = build(weights)
    await weights.fill((file, bytes, total) => onProgress?.({ stage: 'read', file, bytes, total }))
    return new Model(
      {
        name: files.name,
        config,
        tokenizer,
        dtype: computedIn(held),
        weights: weights.report,
        unused: weights.left,
        network,
        writing,
        seen,
      },
      sentence,
    )
  } catch (error) {
    weights.dispose()
    throw error
  } finally {
    await weights.close()
  }
}
