/** The rungs, from the plainest loop to the product: what each does, and why it is faster than the one before. */

import type { Mask } from '../work.ts'
import type { Tile } from './tile.ts'

export type How =
  /** A TypeScript function of rungs/. */
  | { readonly kind: 'script'; readonly file: string }
  /** AssemblyScript of rungs/, compiled with these parts. */
  | { readonly kind: 'kernel'; readonly file: string; readonly exp?: string; readonly tile?: Tile; readonly wide: boolean }
  /** The product through its public entrance. */
  | { readonly kind: 'product'; readonly threads: number; readonly wide: boolean }

export interface Rung {
  readonly name: string
  readonly story: string
  readonly how: How
  /** Default: dense. */
  readonly mask?: Mask
}

/** What every rung computes: one head of so many tokens, D = 64. */
export const LENGTH = 2048

/** A strip of whole rows, and 16 more so that rows do not fall on the same sets of the cache. */
const STRIP = LENGTH + 16
const BLOCK = 128

const tile = (rows: number, columns: number, fused: boolean, span: number): Tile => ({ rows, columns, fused, span })

export const RUNGS: readonly Rung[] = [
  {
    name: 'the definition',
    how: { kind: 'script', file: 'definition' },
    story:
      'Attention as a textbook writes it, in float64: arrays of arrays, `map` and `reduce`, the whole n×n of scores and of weights. ' +
      'Nobody can doubt it, and every rung above is checked against it. Most of its time goes into walking arrays through closures, ' +
      'and into columns of V that lie far apart in memory.',
  },
  {
    name: 'typed arrays, one row',
    how: { kind: 'script', file: 'rows' },
    story:
      'Flat Float32Arrays and plain loops, one query at a time. A row of scores is all that is held, and the blend adds whole rows of V, ' +
      'so memory is read in the order it lies. Each multiplication still waits for a load and an addition of its own.',
  },
  {
    name: 'four rows at once',
    how: { kind: 'script', file: 'blocked' },
    story:
      'Four queries share every key and value that is loaded, and their four sums run side by side instead of each waiting for its own ' +
      'last addition. This is about where JavaScript ends: it rounds to float32 at every store and has no vectors.',
  },
  {
    name: 'WASM, scalar',
    how: { kind: 'kernel', file: 'scalar', wide: false },
    story:
      'The rung of typed arrays again, in AssemblyScript. The chain of dependent additions is the same, but now in float32 throughout, where ' +
      'JavaScript converts to float64 at every load and back at every store.',
  },
  {
    name: 'SIMD, dot products',
    how: { kind: 'kernel', file: 'dot', wide: false },
    story:
      'Four lanes along the width of the head. Each score ends with a sum across the lanes, which the vector unit does badly, and every ' +
      'multiplication needs two loads. The exponentials are still taken one by one.',
  },
  {
    name: 'packed panels, a 6×8 tile in registers',
    how: { kind: 'kernel', file: 'packed', exp: 'exp-scalar', tile: tile(6, 8, false, STRIP), wide: false },
    story:
      'Keys are packed so that 8 of them lie side by side, and a tile of 6 queries × 8 keys stays in 12 of the 16 registers: two loads and six ' +
      'broadcasts feed twelve multiply-adds, and nothing is summed across lanes. The blend uses the same tile. Now the products are ' +
      'fast enough that the exponentials show.',
  },
  {
    name: 'exponentials four at a time',
    how: { kind: 'kernel', file: 'packed', exp: 'exp-vector', tile: tile(6, 8, false, STRIP), wide: false },
    story:
      'e^x as 2^n · 2^r with a polynomial of degree 5 in four lanes: n is found by adding 1.5·2^23, whose low bits then hold it, ready to be ' +
      'shifted into the exponent. No table, no branch.',
  },
  {
    name: 'fused multiply-add (relaxed SIMD)',
    how: { kind: 'kernel', file: 'packed', exp: 'exp-vector', tile: tile(6, 8, true, STRIP), wide: false },
    story:
      '`f32x4.relaxed_madd` is one instruction where the processor has one, and one rounding instead of two. It halves the instructions of the ' +
      'products; Node before 24 compiles it to two instructions and gains nothing.',
  },
  {
    name: 'constants from memory',
    how: { kind: 'kernel', file: 'packed', exp: 'exp-memory', tile: tile(6, 8, true, STRIP), wide: false },
    story:
      'V8 does not move a vector constant out of a loop: each `splat` of the polynomial is made anew for every four scores. Loaded from ' +
      'memory before the loop, the nine constants stay in registers. (A constant that the optimiser can see would be folded back in.)',
  },
  {
    name: 'online softmax',
    how: { kind: 'kernel', file: 'online', exp: 'exp-memory', tile: tile(6, 8, true, BLOCK), wide: false },
    story:
      'Flash attention: 128 keys at a time, the maximum and the sum of each row carried along, the result rescaled when a larger maximum ' +
      'turns up. Scores stay in the first cache however long the text is, and memory beside the result no longer depends on it. What a ' +
      'browser can run ends about here.',
  },
  {
    name: '256-bit: V8 pairs the vectors, tile 6×16',
    how: { kind: 'kernel', file: 'online', exp: 'exp-memory', tile: tile(6, 16, true, BLOCK), wide: true },
    story:
      'With `--experimental-wasm-revectorize`, which Node 24 accepts while it runs, V8 joins neighbouring 128-bit operations into 256-bit ' +
      'ones. The tile grows to 6×16: as many registers as before, twice as wide.',
  },
  {
    name: 'the product, one thread',
    how: { kind: 'product', threads: 1, wide: true },
    story:
      'What Regard ships, called through its public API: tensors, checks, allocation and packing included. The tile is chosen per tier, ' +
      'head widths and lengths are any, and the kernel was checked against the float64 definition when it started.',
  },
  {
    name: 'the product, causal: empty blocks are skipped',
    how: { kind: 'product', threads: 1, wide: true },
    mask: { kind: 'causal' },
    story:
      'A mask is first asked about whole blocks: those it empties are never computed, those it leaves whole need no mask. The rate is counted ' +
      'as if nothing were skipped.',
  },
  {
    name: 'the product, two threads',
    how: { kind: 'product', threads: 2, wide: true },
    story:
      'Blocks of rows are handed to workers that share one memory; nothing is copied and nothing is locked inside a block. The result has ' +
      'the same bits for any number of threads.',
  },
]
