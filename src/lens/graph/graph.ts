/**
 * The attention of a reading as a weighted graph: tokens are nodes, and an edge runs from the token that looks to the one it looks at. Of
 * cross-attention there are two sorts of nodes, and edges run from those that were written to those that were read.
 */

import type { AttentionKind } from '../../model/index.ts'
import { breath } from '../breath.ts'
import { type Half, type KindOption, type Sight, sideOf, sightOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'
import { wordsOf } from '../words.ts'

export interface GraphOptions extends KindOption {
  /** One layer. Default: all, each edge with its own. */
  readonly layer?: number | undefined
  /** One head of each layer, or the mean of its heads (default). */
  readonly head?: number | 'mean' | undefined
  /** Links of less weight are left out. Default 0.1; 0 keeps every link that has weight. */
  readonly threshold?: number | undefined
  /** Of each token's links at most so many, the strongest. Default: all. */
  readonly top?: number | undefined
  /** false: no links of tokens to themselves. Default true. */
  readonly self?: boolean | undefined
  /** Which text of a batch. Default 0. */
  readonly batch?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface AttentionNode {
  /** Its position. */
  readonly token: number
  /** Whose token it is. */
  readonly half: Half
  /** As the text has it; the name of a special token. */
  readonly text: string
  /** UTF-16 offsets into the text of its half. */
  readonly start: number
  readonly end: number
  readonly special: boolean
}

export interface AttentionEdge {
  /** The token that looks. What it gathers comes the other way. */
  readonly from: number
  /** The token looked at. */
  readonly to: number
  readonly layer: number
  readonly weight: number
}

export interface AttentionGraph {
  /** Which attention it is of. */
  readonly kind: AttentionKind
  /** That is looked at. */
  readonly text: string | undefined
  /** Of cross-attention first those that were read, then those that were written. */
  readonly nodes: readonly AttentionNode[]
  /** By layer, then by the token that looks, then by the one looked at. */
  readonly edges: readonly AttentionEdge[]
  readonly layers: readonly number[]
  readonly head: number | 'mean'
  readonly threshold: number
  readonly top: number | undefined
  /** How many links carry any weight, and which share of all weight lies on the edges. */
  readonly links: number
  readonly kept: number
}

/** Rows held at a time. */
const STRIP = 64

/** Reads each matrix once, in strips: what is held is the edges. */
export async function graph(reading: Reading, options: GraphOptions = {}): Promise<AttentionGraph> {
  const { layer, head = 'mean', threshold = 0.1, top, batch = 0 } = options
  check(options)
  const sight = sightOf('graph', reading, options.kind)
  const { kind } = sight
  const layers = layer === undefined ? Array.from({ length: sight.layers }, (_, n) => n) : [layer]
  const wanted = { ...options, self: options.self !== false || !sight.square }
  const pause = breath(options.signal)
  const found: Gathered = { edges: [], links: 0, kept: 0, all: 0 }
  for (const each of layers) {
    const view = reading.attention(each, head, { batch, kind })
    for (let from = 0; from < view.rows; from += STRIP) {
      const to = Math.min(view.rows, from + STRIP)
      const tile = await view.tile(from, to, 0, view.cols)
      for (let row = from; row < to; row++)
        gather(found, tile.subarray((row - from) * view.cols, (row - from + 1) * view.cols), row, each, wanted)
      await pause()
    }
  }
  const text = reading.textOf(batch, { kind: sight.columns })
  const { edges, links, kept, all } = found
  return {
    kind,
    text,
    nodes: nodesOf(reading, batch, sight),
    edges,
    layers,
    head,
    threshold,
    top,
    links,
    kept: all > 0 ? kept / all : 0,
  }
}

function nodesOf(reading: Reading, batch: number, { columns, rows, square }: Sight): AttentionNode[] {
  return (square ? [columns] : [columns, rows]).flatMap((half) => {
    const { tokens, text } = sideOf(reading, batch, half)
    const { pieces } = wordsOf(tokens, text)
    return tokens.map(({ start, end, special }, token) => ({ token, half, text: pieces[token]!, start, end, special }))
  })
}

interface Gathered {
  readonly edges: AttentionEdge[]
  links: number
  kept: number
  all: number
}

/** The links of one token that are strong enough. */
function gather(found: Gathered, weights: Float32Array, from: number, layer: number, options: GraphOptions): void {
  const { threshold = 0.1, top, self = true } = options
  const own: AttentionEdge[] = []
  for (let to = 0; to < weights.length; to++) {
    const weight = weights[to]!
    if (weight <= 0) continue
    found.links++
    found.all += weight
    if (weight >= threshold && (self || from !== to)) own.push({ from, to, layer, weight })
  }
  const kept =
    top === undefined || own.length <= top
      ? own
      : own
          .toSorted((a, b) => b.weight - a.weight || a.to - b.to)
          .slice(0, top)
          .sort((a, b) => a.to - b.to)
  for (const edge of kept) {
    found.edges.push(edge)
    found.kept += edge.weight
  }
}

function check({ threshold = 0, top = 1 }: GraphOptions): void {
  if (!(threshold >= 0 && threshold <= 1)) throw new RangeError(`graph: threshold must lie between 0 and 1, got ${threshold}`)
  if (!Number.isInteger(top) || top < 1) throw new RangeError(`graph: top must be a whole number from 1, got ${top}`)
}
