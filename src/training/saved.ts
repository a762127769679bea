/** Where a training stands, as one file: written whole or not at all. */

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { bytesSource, openSafetensors, readStored, type TensorToStore, writeSafetensors } from '../model/index.ts'

export interface Saved {
  /** Name → numbers: parameters and what the optimiser remembers. */
  readonly tensors: ReadonlyMap<string, Float32Array>
  /** What else decides how it goes on: step, stage, seed, what recipe. */
  readonly notes: Readonly<Record<string, string>>
}

/** The bytes first go beside the file, to the disk, and then take its name: whoever reads finds the old or the new one, whole. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const beside = `${path}.${process.pid}.part`
  const file = openSync(beside, 'w')
  try {
    const all = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
    for (let done = 0; done < all.length; ) done += writeSync(file, all, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
}

export function save(path: string, { tensors, notes }: Saved): void {
  const stored = [...tensors].map(([name, data]): TensorToStore => ({ name, dtype: 'F32', shape: [data.length], data }))
  writeWhole(path, writeSafetensors(stored, notes))
}

/** Undefined if there is no such file. */
export async function readSaved(path: string): Promise<Saved | undefined> {
  if (!existsSync(path)) return undefined
  const file = await openSafetensors(bytesSource(new Uint8Array(readFileSync(path)), path))
  const tensors = new Map<string, Float32Array>()
  for (const name of file.tensors.keys()) {
    const bytes = await readStored(file, name)
    tensors.set(name, new Float32Array(bytes.slice().buffer))
  }
  return { tensors, notes: Object.fromEntries(file.metadata) }
}
