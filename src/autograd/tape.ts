/**
 * The tape: what was computed, in order, from tensors whose gradient is wanted. It holds the storage that derivatives read again by
 * holds of its own, whatever happens to the tensors, and gives each back as soon as its step was taken back.
 */

import { backendOf } from '../backend/index.ts'
import { add, full } from '../ops/index.ts'
import { disown, isFloat, scope, type Tape, type Tensor } from '../tensor/index.ts'
import type { Place, Rule, Step } from './rule.ts'
import { ruleOf } from './rules.ts'

interface Recorded extends Step {
  readonly rule: Rule
}

/** One run of a function under `grad`. */
export class Recording {
  readonly #ids = new WeakMap<Tensor, number>()
  readonly #steps: Recorded[] = []
  readonly #isParameter: (tensor: Tensor) => boolean
  /** Parameters that were read, with their numbers. */
  readonly parameters = new Map<Tensor, number>()
  #count = 0

  constructor(isParameter: (tensor: Tensor) => boolean) {
    this.#isParameter = isParameter
  }

  /** → the number under which the gradient of this tensor will be found. */
  follow(tensor: Tensor): number {
    const id = this.#ids.get(tensor) ?? this.#count++
    this.#ids.set(tensor, id)
    return id
  }

  idOf(tensor: Tensor): number | undefined {
    return this.#ids.get(tensor)
  }

  record(operation: string, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[], attributes: unknown): void {
    const ids = inputs.map((x) => (x && isFloat(x.dtype) ? this.#wanted(x) : undefined))
    if (ids.every((id) => id === undefined) || !outputs.some(({ dtype }) => isFloat(dtype))) return
    const rule = ruleOf(operation)
    const [keepsInputs, keepsOutputs] = [rule.keeps === 'inputs', rule.keeps === 'outputs'].map((x) => x || rule.keeps === 'both')
    this.#steps.push({
      operation,
      rule,
      inputs: inputs.map((x, n) => x && placeOf(x, ids[n], keepsInputs!)),
      outputs: outputs.map((x) => placeOf(x, this.follow(x), keepsOutputs!)),
      attributes,
    })
  }

  #wanted(x: Tensor): number | undefined {
    if (!this.#ids.has(x) && this.#isParameter(x)) this.parameters.set(x, this.follow(x))
    return this.#ids.get(x)
  }

  /**
   * Gradients of the one number that `value` holds, by the numbers of what was followed. They belong to no scope: the caller disposes
   * them. The recording is used up.
   */
  backward(value: Tensor): Map<number, Tensor> {
    const gradients = new Map<number, Tensor>()
    const id = this.#ids.get(value)
    try {
      if (id !== undefined) gradients.set(id, released(full(value.shape, 1, { dtype: value.dtype, near: value })))
      while (this.#steps.length > 0) {
        const step = this.#steps.at(-1)!
        takeBack(step, gradients)
        this.#steps.pop()
        release(step)
      }
      return gradients
    } catch (error) {
      for (const gradient of gradients.values()) gradient.dispose()
      throw error
    }
  }

  /** Gives back all that is still held. */
  [Symbol.dispose](): void {
    for (const step of this.#steps.splice(0)) release(step)
  }
}

/** Adds to the gradients of a step's inputs what comes from its outputs, whose own are then done with. */
function takeBack(step: Recorded, gradients: Map<number, Tensor>): void {
  const given = step.outputs.map(({ id }) => gradients.get(id!))
  if (given.every((g) => g === undefined)) return
  using _ = scope()
  const first = gradients.get(step.inputs[0]?.id ?? -1)
  if (step.rule.onto && first && isOwn(first)) step.rule.onto(first, given, step)
  else
    for (const [n, made] of step.rule.vjp(given, step).entries()) {
      const id = step.inputs[n]?.id
      if (!made || id === undefined) continue
      const before = gradients.get(id)
      if (before && isOwn(before) && before.dtype === made.dtype) addTo(before, made)
      else {
        gradients.set(id, another(before ? add(before, made) : made))
        before?.dispose()
      }
    }
  for (const { id } of step.outputs) {
    gradients.get(id!)?.dispose()
    gradients.delete(id!)
  }
}

/** May it be written to? Nobody else holds its memory, and each number has a place of its own there. */
function isOwn(gradient: Tensor): boolean {
  return !gradient.storage.isShared && gradient.contiguous
}

/** before += made, in place. */
function addTo(before: Tensor, made: Tensor): void {
  const sum = before.view('add')
  backendOf('add', [before, made]).kernels.binary('add', sum, made.view('add'), sum)
}

function placeOf(x: Tensor, id: number | undefined, keep: boolean): Place {
  return { shape: x.shape, dtype: x.dtype, id, held: keep ? another(x) : undefined }
}

function release({ inputs, outputs }: Step): void {
  for (const place of [...inputs, ...outputs]) place?.held?.dispose()
}

/** Another tensor over the same memory, which no scope owns and no tape follows. */
function another(x: Tensor): Tensor {
  return released(x.restride(x.shape, x.strides))
}

function released(x: Tensor): Tensor {
  disown(x)
  return x
}

let active: Recording | undefined
const marked = new WeakSet<Tensor>()

/** The one tape that followed tensors carry. It hands on to the recording under way, and is paused where there is none. */
const tape: Tape = {
  get paused() {
    return active === undefined
  },
  record(operation, inputs, outputs, attributes) {
    active?.record(operation, inputs, outputs, attributes)
  },
}

/** Runs `f` while `recording` listens; undefined: while nothing does. */
export function during<T>(recording: Recording | undefined, f: () => T): T {
  const before = active
  active = recording
  try {
    return f()
  } finally {
    active = before
  }
}

export function isRecording(): boolean {
  return active !== undefined
}

export function newRecording(): Recording {
  return new Recording((tensor) => marked.has(tensor))
}

/** Lets the recordings to come follow the tensor wherever it is read. */
export function mark(tensor: Tensor): void {
  marked.add(tensor)
  tensor.tape = tape
}

/** Follows the tensors while `f` runs. */
export function following<T>(tensors: readonly Tensor[], f: () => T): T {
  const before = tensors.map((tensor) => tensor.tape)
  for (const tensor of tensors) tensor.tape = tape
  try {
    return f()
  } finally {
    tensors.forEach((tensor, n) => {
      if (!marked.has(tensor)) tensor.tape = before[n]
    })
  }
}
