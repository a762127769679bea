/** A trace as one safetensors file. */

import type { Table } from '../../attention/index.ts'
import { type AttentionKind, type StoredType, type TensorToStore, writeSafetensors } from '../../model/index.ts'
import type { DType, Tensor, TensorData } from '../../tensor/index.ts'
import { KINDS, type TraceParts } from './parts.ts'
import { type ScoreSpec, written } from './scores.ts'

export interface SaveOptions {
  /** The score of every word at every token: the largest part of a file, where there is one. Default true. */
  readonly logits?: boolean
}

export const FORMAT = 'regard-trace'
export const VERSION = '1'

const STORED: Partial<Record<DType, StoredType>> = {
  float32: 'F32',
  float64: 'F64',
  float16: 'F16',
  bfloat16: 'BF16',
  int32: 'I32',
  bool: 'BOOL',
}

/** The bytes of the file. */
export async function pack(parts: TraceParts, { logits = true }: SaveOptions): Promise<Uint8Array<ArrayBuffer>> {
  const shelf = new Shelf()
  const scores: Partial<Record<AttentionKind, ScoreSpec[]>> = {}
  for (const kind of KINDS) {
    const list = parts.looked[kind]
    if (!list) continue
    for (const [layer, looked] of list.entries()) {
      for (const part of ['q', 'k', 'v', 'lse'] as const) shelf.add(`${kind}.${layer}.${part}`, looked[part])
    }
    scores[kind] = list.map((looked) => written(looked, shelf))
  }
  for (const [name, tensor] of parts.tensors) shelf.add(name, tensor)
  const words = logits ? parts.logits() : undefined
  if (words) shelf.add('logits', words)
  return writeSafetensors(await shelf.read(), {
    format: FORMAT,
    version: VERSION,
    ...notesOf(parts),
    scores: JSON.stringify(scores),
  })
}

function notesOf({ text, written, tokens, config, edits }: TraceParts): Record<string, string> {
  return {
    ...(text !== undefined && { text }),
    ...(written !== undefined && { written }),
    tokens: JSON.stringify(tokens),
    // JSON knows no infinity: positions without an end are written null.
    config: JSON.stringify(config),
    ...(edits.length > 0 && { edits: JSON.stringify(edits, (_, value) => (isTrace(value) ? '(a trace)' : value)) }),
  }
}

const isTrace = (value: unknown): boolean => typeof value === 'object' && value !== null && 'activation' in value

/** What goes into the file, by name; tables of scores and masks are numbered. */
class Shelf {
  readonly #tensors = new Map<string, Tensor>()
  readonly #tables = new Map<Table, string>()
  #unnamed = 0

  add(name: string, tensor: Tensor): void {
    this.#tensors.set(name, tensor)
  }

  tensor(x: Tensor): string {
    const known = [...this.#tensors].find(([, each]) => each === x)?.[0]
    const name = known ?? `scores.${this.#unnamed++}`
    this.add(name, x)
    return name
  }

  table(x: Table): string {
    const known = this.#tables.get(x)
    const name = known ?? `table.${this.#tables.size}`
    this.#tables.set(x, name)
    return name
  }

  async read(): Promise<TensorToStore[]> {
    const list: TensorToStore[] = []
    for (const [name, tensor] of this.#tensors) list.push(stored(name, tensor.shape, tensor.dtype, await tensor.read()))
    for (const [table, name] of this.#tables) list.push(await storedTable(name, table))
    return list
  }
}

async function storedTable(name: string, table: Table): Promise<TensorToStore> {
  if (table.tensor) return stored(name, table.shape, table.tensor.dtype, await table.tensor.read())
  const numbers = Float64Array.from(table.numbers!.data)
  return table.boolean ? stored(name, table.shape, 'bool', Uint8Array.from(numbers)) : stored(name, table.shape, 'float64', numbers)
}

function stored(name: string, shape: readonly number[], dtype: DType, data: TensorData): TensorToStore {
  return { name, dtype: STORED[dtype]!, shape, data }
}

/** To disk (Node). */
export async function write(path: string, bytes: Uint8Array): Promise<void> {
  const files = globalThis.process?.getBuiltinModule?.('node:fs/promises')
  if (!files) throw new Error('save: there is no disk here; save() without a path gives the bytes')
  await files.writeFile(path, bytes)
}
