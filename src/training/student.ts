/** A model that learns: its parameters are followed by `grad`, and can be written as the file that `loadModel` reads. */

import { parameter } from '../autograd/index.ts'
import { backendOf } from '../backend/index.ts'
import type { Checkpoint, Cut } from '../model/checkpoint.ts'
import type { ModelConfig } from '../model/config.ts'
import type { Network } from '../model/families/family.ts'
import { familyOf } from '../model/families/index.ts'
import { assign } from '../nn/optimizer.ts'
import { contiguous, tensor } from '../ops/index.ts'
import { type Shape, scope, show, sizeOf, type Tensor } from '../tensor/index.ts'
import { Random } from './random.ts'
import { type Config, type Stored, storedTensors } from './shapes.ts'

/** The numbers of a file, by name. */
export type Numbers = ReadonlyMap<string, Float32Array>

interface Part {
  readonly tensor: Tensor
  readonly cut: Cut | undefined
}

export class Student {
  readonly config: ModelConfig
  readonly network: Network
  /** By the name of the stored tensor, and which part of it where a family cuts one up. In the order in which the family asked. */
  readonly parameters: ReadonlyMap<string, Tensor>
  /** [vocabulary,width]: a row for each word. */
  readonly wordTable: Tensor
  readonly #desk: Desk

  /** `numbers`: where to begin; without them by chance, as the seed says. */
  constructor(config: Config, seed: number, numbers?: Numbers) {
    this.#desk = new Desk(storedTensors(config), seed, numbers)
    const architecture = familyOf(config, 'config').read(config, 'config')
    this.config = architecture.config
    // Families only ask their checkpoint for names and tensors.
    this.network = architecture.build(this.#desk as unknown as Checkpoint)
    this.parameters = this.#desk.parameters()
    this.wordTable = this.parameters.values().next().value!
    for (const [name, each] of this.parameters) if (!constant(name)) parameter(each)
  }

  /** The file's tensors as they are now. */
  async numbers(): Promise<Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>> {
    return this.#desk.numbers()
  }

  /** Puts numbers, in the order of the parameter's own shape, in its place. */
  set(name: string, data: Float32Array): void {
    const target = this.parameters.get(name)
    if (!target || target.size !== data.length)
      throw new RangeError(
        `train: the checkpoint's parameter ${JSON.stringify(name)} of ${data.length} numbers does not belong to this model`,
      )
    using source = tensor(data, target.shape)
    assign(target, source)
  }

  dispose(): void {
    for (const parameter of this.parameters.values()) parameter.dispose()
  }
}

/** What belongs to the file and does not learn. */
function constant(name: string): boolean {
  return name === 'final_logits_bias'
}

/** Gives a family the tensors it asks for, as a checkpoint does, and remembers which part of which stored tensor each is. */
class Desk implements Pick<Checkpoint, 'label' | 'names' | 'has' | 'take' | 'matrix' | 'table'> {
  readonly label = 'the new model'
  readonly #stored: ReadonlyMap<string, Stored>
  readonly #parts = new Map<string, Map<string, Part>>()
  readonly #seed: number
  readonly #numbers: Numbers | undefined

  constructor(stored: readonly Stored[], seed: number, numbers: Numbers | undefined) {
    this.#stored = new Map(stored.map((each) => [each.name, each]))
    this.#seed = seed
    this.#numbers = numbers
  }

  get names(): Iterable<string> {
    return this.#stored.keys()
  }

  has(name: string): boolean {
    return this.#stored.has(name)
  }

  take(names: readonly string[], shape: Shape, meaning: string, cut?: Cut): Tensor {
    const stored = names.map((name) => this.#stored.get(name)).find((each) => each !== undefined)
    if (!stored) throw new Error(`${this.label}: has no tensor ${names.join(' or ')}`)
    if (show(stored.shape) !== show(shape))
      throw new Error(
        `${this.label}: tensor ${stored.name} is ${show(stored.shape)}, the config asks for ${show(shape)} (${meaning})`,
      )
    const parts = this.#parts.get(stored.name) ?? new Map<string, Part>()
    this.#parts.set(stored.name, parts)
    const key = cut?.key ?? ''
    const known = parts.get(key)
    if (known) return known.tensor
    const made = this.#make(stored, cut)
    parts.set(key, { tensor: made, cut })
    return made
  }

  matrix(names: readonly string[], shape: Shape, meaning: string, cut?: Cut): Tensor {
    return this.take(names, shape, meaning, cut)
  }

  table(names: readonly string[], shape: Shape, meaning: string): Tensor {
    return this.take(names, shape, meaning)
  }

  parameters(): Map<string, Tensor> {
    return new Map(
      [...this.#parts].flatMap(([name, parts]) =>
        [...parts].map(([key, part]): [string, Tensor] => [key === '' ? name : `${name} (${key})`, part.tensor]),
      ),
    )
  }

  async numbers(): Promise<Map<string, { shape: readonly number[]; data: Float32Array }>> {
    const made = new Map<string, { shape: readonly number[]; data: Float32Array }>()
    for (const [name, parts] of this.#parts) {
      const { shape } = this.#stored.get(name)!
      using whole = this.#gather(shape, [...parts.values()])
      made.set(name, { shape, data: (await whole.read()) as Float32Array })
    }
    return made
  }

  #make(stored: Stored, cut: Cut | undefined): Tensor {
    using s = scope()
    const whole = tensor(this.#numbers?.get(stored.name) ?? begin(stored, this.#seed), stored.shape)
    return s.keep(cut ? contiguous(cut.of(whole)) : whole)
  }

  /** Parts back in their places. */
  #gather(shape: Shape, parts: readonly Part[]): Tensor {
    using s = scope()
    const whole = tensor(new Float32Array(sizeOf(shape)), shape)
    const { kernels } = backendOf('train', [whole])
    for (const { tensor: part, cut } of parts) kernels.copy(part.view('train'), (cut ? cut.of(whole) : whole).view('train'))
    return s.keep(whole)
  }
}

/** The same seed gives the same numbers to the same name. */
function begin({ name, shape, start }: Stored, seed: number): Float32Array {
  const size = sizeOf(shape)
  if (start === 'zeros') return new Float32Array(size)
  if (start === 'ones') return new Float32Array(size).fill(1)
  const random = new Random('weights', seed, name)
  return Float32Array.from({ length: size }, () => start * random.normal())
}
