/** Keys and values in pages of equal size, shared between sequences: no room is kept for tokens that never come. */

import { memoryFor } from '../backend/index.ts'
import { embedding, permute, reshape, slice, tensor } from '../ops/index.ts'
import { type DType, disown, empty, scope, show, type Tensor } from '../tensor/index.ts'
import { type AttentionResult, attention } from './attention.ts'
import type { AttentionOptions } from './options.ts'
import { scatter } from './scatter.ts'

/**
 * The keys (or values) of several sequences as one tensor [B, K, S, D], read through their page tables: position t of sequence b lies in
 * row t mod P of page table[b][⌊t/P⌋]. pages [N, K, P, D]; S is the longest table times P. Copies.
 */
export function gatherPages(pages: Tensor, table: readonly (readonly number[])[]): Tensor {
  using s = scope()
  const [N, K, P, D] = pages.shape as [number, number, number, number]
  if (pages.rank !== 4) throw new RangeError(`gatherPages: pages must be [N,K,P,D], got ${show(pages.shape)}`)
  const longest = table.reduce((most, list) => Math.max(most, list.length), 0)
  for (const list of table)
    for (const page of list)
      if (!Number.isInteger(page) || page < 0 || page >= N) throw new RangeError(`gatherPages: page ${page} is not one of N=${N}`)
  const ids = table.flatMap((list) => Array.from({ length: longest }, (_, n) => list[n] ?? list[0] ?? 0))
  const rows = reshape(pages, [N, K * P * D])
  const read = embedding(rows, tensor(Int32Array.from(ids), [table.length, longest], { dtype: 'int32', near: pages }))
  const apart = reshape(read, [table.length, longest, K, P, D])
  return s.keep(reshape(permute(apart, [0, 2, 1, 3, 4]), [table.length, K, longest * P, D]))
}

export interface PagedOptions {
  /** How many pages there are in all. */
  readonly pages: number
  /** Tokens to a page. Default 16. */
  readonly pageSize?: number
  readonly heads: number
  readonly width: number
  /** Width of values. Default: width. */
  readonly valueWidth?: number
  /** Default float32. */
  readonly dtype?: DType
}

interface Sequence {
  readonly pages: number[]
  length: number
}

/** A pool of pages, and the sequences that use them. Forks share pages until one of them writes. */
export class PagedCache {
  readonly options: Required<PagedOptions>
  readonly keys: Tensor
  readonly values: Tensor
  readonly #sequences = new Map<number, Sequence>()
  readonly #users: Int32Array
  #next = 0

  constructor(options: PagedOptions) {
    const { pages, pageSize = 16, heads, width, valueWidth = width, dtype = 'float32' } = options
    for (const [name, n] of Object.entries({ pages, pageSize, heads, width, valueWidth }))
      if (!Number.isInteger(n) || n < 1) throw new RangeError(`PagedCache: ${name} must be an integer ≥ 1, got ${n}`)
    this.options = { pages, pageSize, heads, width, valueWidth, dtype }
    const memory = memoryFor(dtype, 'PagedCache')
    this.keys = empty(memory, [pages, heads, pageSize, width], dtype, 'PagedCache')
    this.values = empty(memory, [pages, heads, pageSize, valueWidth], dtype, 'PagedCache')
    disown(this.keys)
    disown(this.values)
    this.#users = new Int32Array(pages)
  }

  /** Pages that no sequence uses. */
  get free(): number {
    return this.#users.reduce((n, users) => n + (users === 0 ? 1 : 0), 0)
  }

  /** A new, empty sequence. */
  create(): number {
    this.#sequences.set(this.#next, { pages: [], length: 0 })
    return this.#next++
  }

  /** A new sequence that begins as `sequence` does, in the same pages. */
  fork(sequence: number): number {
    const { pages, length } = this.#find(sequence)
    for (const page of pages) this.#users[page]!++
    this.#sequences.set(this.#next, { pages: [...pages], length })
    return this.#next++
  }

  /** Ends a sequence; pages that nobody else uses are free again. */
  release(sequence: number): void {
    for (const page of this.#find(sequence).pages) this.#users[page]!--
    this.#sequences.delete(sequence)
  }

  lengthOf(sequence: number): number {
    return this.#find(sequence).length
  }

  /** Which pages hold the sequence, in order. */
  pagesOf(sequence: number): readonly number[] {
    return this.#find(sequence).pages
  }

  /** Adds n tokens to a sequence: k [1, K, n, D], v [1, K, n, Dv]. Throws, changing nothing, if there are too few free pages. */
  append(sequence: number, k: Tensor, v: Tensor): void {
    using _temporaries = scope()
    const { heads, width, valueWidth, pageSize } = this.options
    const n = k.shape[2] ?? 0
    if (show(k.shape) !== show([1, heads, n, width]) || show(v.shape) !== show([1, heads, n, valueWidth]))
      throw new RangeError(
        `PagedCache.append: k must be [1,${heads},n,${width}] and v [1,${heads},n,${valueWidth}], got k=${show(k.shape)} v=${show(v.shape)}`,
      )
    const found = this.#find(sequence)
    this.#prepare(found, n)
    for (let done = 0; done < n; ) {
      const [page, row] = [found.pages[Math.floor(found.length / pageSize)]!, found.length % pageSize]
      const count = Math.min(pageSize - row, n - done)
      scatter(slice(this.keys, 0, page, page + 1), slice(k, 2, done, done + count), [row])
      scatter(slice(this.values, 0, page, page + 1), slice(v, 2, done, done + count), [row])
      found.length += count
      done += count
    }
  }

  /**
   * Attention of the newest tokens of each sequence: q [B, H, L, D], one batch entry per sequence, the last L tokens of it. `causal` and
   * windows count positions in the sequence.
   */
  attend(q: Tensor, sequences: readonly number[], options: Omit<AttentionOptions, 'offset' | 'lengths'> = {}): AttentionResult {
    using s = scope()
    const found = sequences.map((sequence) => this.#find(sequence))
    if (q.rank !== 4 || q.shape[0] !== found.length)
      throw new RangeError(
        `PagedCache.attend: q must be [B,H,L,D] with one batch entry per sequence, got ${show(q.shape)} for ${found.length} sequences`,
      )
    const table = found.map(({ pages }) => pages)
    const result = attention(q, gatherPages(this.keys, table), gatherPages(this.values, table), {
      ...options,
      lengths: found.map(({ length }) => length),
      offset: found.map(({ length }) => length - q.shape[2]!),
    })
    s.keep(result.output)
    s.keep(result.lse)
    return result
  }

  dispose(): void {
    this.keys.dispose()
    this.values.dispose()
    this.#sequences.clear()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #find(sequence: number): Sequence {
    const found = this.#sequences.get(sequence)
    if (!found) throw new RangeError(`PagedCache: there is no sequence ${sequence}; create() or fork() makes one`)
    return found
  }

  /** Takes the pages that n more tokens need; a last page that others use too is copied first. */
  #prepare(sequence: Sequence, n: number): void {
    const { pageSize } = this.options
    const last = sequence.pages.length - 1
    const partly = n > 0 && sequence.length % pageSize !== 0
    const copies = partly && this.#users[sequence.pages[last]!]! > 1 ? 1 : 0
    const fresh = Math.ceil((sequence.length + n) / pageSize) - sequence.pages.length
    if (fresh + copies > this.free)
      throw new RangeError(
        `PagedCache: ${fresh + copies} free pages are needed, ${this.free} are left; release sequences that are done`,
      )
    if (copies > 0) sequence.pages[last] = this.#copy(sequence.pages[last]!)
    for (let k = 0; k < fresh; k++) sequence.pages.push(this.#take())
  }

  #take(): number {
    const page = this.#users.indexOf(0)
    this.#users[page] = 1
    return page
  }

  #copy(page: number): number {
    const copy = this.#take()
    for (const side of [this.keys, this.values]) scatter(slice(side, 0, copy, copy + 1), slice(side, 0, page, page + 1), [0])
    this.#users[page]!--
    return copy
  }
}
