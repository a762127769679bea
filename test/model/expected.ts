/** What the original implementations computed, and how far we are from it. */

import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { diskSource, loadTensor, openSafetensors } from '../../src/model/index.ts'

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url))
export const CONFORMANCE = `${SHARED}conformance/models/`
export const MINILM = `${SHARED}models/all-MiniLM-L6-v2`

/** Cases made for this repository: goldens/make.py. */
const GOLDENS = fileURLToPath(new URL('goldens/', import.meta.url))

/** The folder of a case. */
export type Case = readonly [name: string, folder: string]

export const goldenCases: readonly Case[] = readdirSync(GOLDENS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): Case => [name, GOLDENS + name])

/** What the original computed for the case. */
export function expectedOf([name, folder]: Case): Promise<Expected> {
  return readExpected(name === 'marian' ? `${GOLDENS}marian.safetensors` : `${folder}/expected.safetensors`)
}

export interface Expected {
  readonly metadata: ReadonlyMap<string, string>
  get(name: string): { shape: readonly number[]; data: ArrayLike<number> } | undefined
}

/** What the original implementation computed, as plain numbers by name. */
export async function readExpected(path: string): Promise<Expected> {
  const source = await diskSource(path)
  const file = await openSafetensors(source!)
  const made = new Map<string, { shape: readonly number[]; data: ArrayLike<number> }>()
  for (const name of file.tensors.keys()) {
    using tensor = await loadTensor(file, name)
    made.set(name, { shape: tensor.shape, data: await tensor.read() })
  }
  await source!.close()
  return { metadata: file.metadata, get: (name) => made.get(name) }
}

/** Rows of a [B,L] table. */
export function rowsOf({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }): number[][] {
  const [batch, length] = shape as [number, number]
  return Array.from({ length: batch }, (_, b) => Array.from({ length }, (_, n) => data[b * length + n]!))
}

/** The largest difference between two lists, over the entries that `counts` says yes to. Fails on different lengths. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>, counts: (n: number) => boolean = () => true): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let n = 0; n < a.length; n++) {
    const difference = counts(n) ? Math.abs(a[n]! - b[n]!) : 0
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  }
  return worst
}

/** Where each code point of a text begins, in UTF-16 units, and where the text ends: official offsets count code points. */
export function unitsOf(text: string): number[] {
  const starts = [0]
  for (const character of text) starts.push(starts.at(-1)! + character.length)
  return starts
}
