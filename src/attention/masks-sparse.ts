/** Sparse patterns with a name: Longformer, BigBird, any pattern of blocks, a graph's edges, a tree of drafts, shared prefixes. */

import { build } from '../expression/index.ts'
import { Mask } from './mask.ts'
import { flagged, perPosition, wholeNumbers } from './masks-support.ts'
import { NumberTable, TruthTable } from './table.ts'
import { Value } from './traced.ts'

const [H, I, J] = [build.h, build.i, build.j].map((expr) => new Value(expr)) as [Value, Value, Value]

/**
 * Longformer (Beltagy et al. 2020): |i − j| ≤ window, every `dilation`-th of those keys, and global tokens that see and are seen by all.
 * `window` counts one side: Hugging Face's `attention_window` is twice that.
 */
export function longformer({
  window,
  global = [],
  dilation = 1,
}: {
  window: number
  global?: readonly number[]
  dilation?: number
}): Mask {
  wholeNumbers('masks.longformer', { window }, 0)
  wholeNumbers('masks.longformer', { dilation }, 1)
  const listed = flagged('masks.longformer', global)
  const near = I.sub(J)
    .abs()
    .le(window * dilation)
  const local = dilation === 1 ? near : near.and(I.sub(J).mod(dilation).eq(0))
  const { expr, tables } = local.or(listed(I)).or(listed(J))
  return Mask.of(`longformer(${window})`, expr, tables)
}

/** true where block [row][column] of queries and keys is allowed; with three axes, one pattern per head. */
export type BlockPattern = readonly (readonly boolean[])[] | readonly (readonly (readonly boolean[])[])[]

/** Whole blocks of `block` × `block` links, allowed or not: (⌊i/block⌋, ⌊j/block⌋) looked up in a pattern. */
export function blockSparse(pattern: BlockPattern, block: number, name = 'blockSparse(…)'): Mask {
  wholeNumbers('masks.blockSparse', { block }, 1)
  const perHead = Array.isArray(pattern[0]?.[0])
  const heads = (perHead ? pattern : [pattern]) as readonly (readonly (readonly boolean[])[])[]
  const [rows, columns] = [heads[0]?.length ?? 0, heads[0]?.[0]?.length ?? 0]
  if (rows === 0 || columns === 0 || heads.some((head) => head.length !== rows || head.some((row) => row.length !== columns)))
    throw new RangeError(
      `masks.blockSparse: the pattern must be a full matrix of booleans (one per head, if of three axes), got ${rows} rows and ${columns} columns`,
    )
  const flags = Float64Array.from(heads.flat(2), Number)
  const table = new TruthTable(flags, perHead ? [heads.length, rows, columns] : [rows, columns])
  const [row, column] = [I.div(block).floor(), J.div(block).floor()]
  const { expr, tables } = (perHead ? table.at(H, row, column) : table.at(row, column)).and(I.ge(0))
  return Mask.of(name, expr, tables, [{ what: name, queries: rows * block, keys: columns * block }])
}

export interface BigBirdOptions {
  /** How many positions the pattern covers. */
  readonly length: number
  /** Default 64. */
  readonly block?: number
  /** Blocks at each end that see and are seen by all. Default 1. */
  readonly global?: number
  /** Neighbouring blocks on each side. Default 1: a window of three. */
  readonly window?: number
  /** Further blocks per row, drawn at random. Default 3. */
  readonly random?: number
  /** What they are drawn from; the same seed gives the same blocks. Default 0. */
  readonly seed?: number
}

/** BigBird (Zaheer et al. 2020): global blocks at both ends, a window of blocks, and a few blocks at random in each row. */
export function bigBird({ length, block = 64, global = 1, window = 1, random = 3, seed = 0 }: BigBirdOptions): Mask {
  wholeNumbers('masks.bigBird', { length, block }, 1)
  wholeNumbers('masks.bigBird', { global, window, random }, 0)
  const n = Math.ceil(length / block)
  const draw = randomNumbers(seed)
  const atEnd = (block: number): boolean => block < global || block >= n - global
  const pattern = Array.from({ length: n }, (_, row) => {
    const allowed = Array.from({ length: n }, (_, column) => atEnd(row) || atEnd(column) || Math.abs(row - column) <= window)
    const others = allowed.flatMap((is, column) => (is ? [] : [column]))
    for (let k = 0; k < random && others.length > 0; k++) allowed[others.splice(Math.floor(draw() * others.length), 1)[0]!] = true
    return allowed
  })
  return blockSparse(pattern, block, `bigBird(${length})`)
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * The edges of a graph: node i looks at node j where [i, j] is listed, or where adjacency[i][j]. Self-loops only if listed; edges are
 * directed, so list both directions of an undirected one.
 */
export function graph(
  links: { nodes: number; edges: readonly (readonly [number, number])[] } | readonly (readonly (boolean | number)[])[],
): Mask {
  const { nodes, flags } = 'edges' in links ? fromEdges(links) : fromAdjacency(links)
  if (nodes === 0) return new Mask('graph(0 nodes)', { rest: build.truth(false) })
  const table = new TruthTable(flags, [nodes, nodes])
  return perPosition('graph', `${nodes} nodes`, nodes, table.at(I, J))
}

function fromEdges({ nodes, edges }: { nodes: number; edges: readonly (readonly [number, number])[] }): {
  nodes: number
  flags: Float64Array
} {
  wholeNumbers('masks.graph', { nodes }, 0)
  const flags = new Float64Array(nodes * nodes)
  for (const [i, j] of edges) {
    if (![i, j].every((n) => Number.isInteger(n) && n >= 0 && n < nodes))
      throw new RangeError(`masks.graph: edge [${i}, ${j}] does not join two of the ${nodes} nodes`)
    flags[i * nodes + j] = 1
  }
  return { nodes, flags }
}

function fromAdjacency(rows: readonly (readonly (boolean | number)[])[]): { nodes: number; flags: Float64Array } {
  const bad = rows.find((row) => row.length !== rows.length)
  if (bad) throw new RangeError(`masks.graph: an adjacency matrix is square, got ${rows.length} rows and one of ${bad.length}`)
  return { nodes: rows.length, flags: Float64Array.from(rows.flat(), (x) => Number(Boolean(x))) }
}

/**
 * A tree of drafted tokens after `prefix` tokens (speculative decoding): node n stands at position prefix + n, `parents[n]` is its parent
 * node, or −1 for a child of the prefix. A node sees the prefix, its ancestors and itself; a position of the prefix sees those before it.
 */
export function tree(parents: readonly number[], prefix = 0): Mask {
  wholeNumbers('masks.tree', { prefix }, 0)
  const n = parents.length
  const flags = new Float64Array(Math.max(1, n * n))
  parents.forEach((parent, node) => {
    if (!Number.isInteger(parent) || parent < -1 || parent >= node)
      throw new RangeError(`masks.tree: the parent of node ${node} must be an earlier node or −1, got ${parent}`)
    if (parent >= 0) flags.copyWithin(node * n, parent * n, (parent + 1) * n)
    flags[node * n + node] = 1
  })
  const table = new TruthTable(flags, [Math.max(1, n), Math.max(1, n)])
  const [node, key] = [I.sub(prefix), J.sub(prefix)]
  const { expr, tables } = J.lt(prefix)
    .and(J.le(I))
    .or(node.ge(0).and(key.ge(0)).and(table.at(node, key)))
  return Mask.of(`tree(${n} nodes)`, expr, tables, [{ what: 'masks.tree', queries: prefix + n, keys: prefix + n }])
}

/**
 * Documents that share prefixes (several answers to one prompt, packed): `starts` has where each document begins and, last, where all end;
 * `prefixOf[d]` is the document whose tokens precede document d, or d itself. Causal within a document; its prefix is seen whole.
 */
export function sharedPrefix(starts: readonly number[], prefixOf: readonly number[]): Mask {
  const n = prefixOf.length
  if (starts.length !== n + 1)
    throw new RangeError(`masks.sharedPrefix: ${n} documents need ${n + 1} starts (the last is the end), got ${starts.length}`)
  const length = starts[n]!
  const [own, from, to] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)]
  for (let d = 0; d < n; d++) {
    const prefix = prefixOf[d]!
    if (!Number.isInteger(prefix) || prefix < 0 || prefix >= n || !(starts[d]! < starts[d + 1]!))
      throw new RangeError(
        `masks.sharedPrefix: document ${d} [${starts[d]}, ${starts[d + 1]}) with prefix ${prefix} is not one of ${n} documents in order`,
      )
    own.fill(starts[d]!, starts[d], starts[d + 1])
    if (prefix === d) continue
    from.fill(starts[prefix]!, starts[d], starts[d + 1])
    to.fill(starts[prefix + 1]!, starts[d], starts[d + 1])
  }
  const [start, first, end] = [own, from, to].map((list) => new NumberTable(list, [length]).at(I)) as [Value, Value, Value]
  const allows = J.ge(start)
    .and(J.le(I))
    .or(J.ge(first).and(J.lt(end)))
  return perPosition('sharedPrefix', `${n} documents`, length, allows)
}
