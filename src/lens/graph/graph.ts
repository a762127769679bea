/** The attention of a reading as a weighted graph: tokens are nodes, and an edge runs from the token that looks to the one it looks at. */

import { towerOf } from '../beyond/layers.ts'
import { breath } from '../breath.ts'
import type { Reading } from '../reading.ts'
import { wordsOf } from '../words.ts'

export interface GraphOptions {
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
  /** Of an encoder–decoder: which half. Default: the half that reads. */
  readonly kind?: 'encoder' | 'decoder' | undefined
  /** Which text of a batch. Default 0. */
  readonly batch?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface AttentionNode {
  /** Its position. */
  readonly token: number
  /** As the text has it; the name of a special token. */
  readonly text: string
  /** UTF-16 offsets into the text. */
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
  readonly text: string | undefined
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
  const { layer, head = 'mean', threshold = 0.1, top, kind, batch = 0 } = options
  check(options)
  const size = towerOf(reading, kind)
  const layers = layer === undefined ? Array.from({ length: size.layers }, (_, n) => n) : [layer]
  const pause = breath(options.signal)
  const found: Gathered = { edges: [], links: 0, kept: 0, all: 0 }
  for (const each of layers) {
    const view = reading.attention(each, head, { batch, ...(kind && { kind }) })
    for (let from = 0; from < view.rows; from += STRIP) {
      const to = Math.min(view.rows, from + STRIP)
      const tile = await view.tile(from, to, 0, view.cols)
      for (let row = from; row < to; row++)
        gather(found, tile.subarray((row - from) * view.cols, (row - from + 1) * view.cols), row, each, options)
      await pause()
    }
  }
  const text = batch === 0 && kind !== 'decoder' ? reading.text : undefined
  const tokens = reading.tokensOf(batch, kind && { kind })
  const { pieces } = wordsOf(tokens, text)
  const nodes = tokens.map(({ start, end, special }, token) => ({ token, text: pieces[token]!, start, end, special }))
  const { edges, links, kept, all } = found
  return { text, nodes, edges, layers, head, threshold, top, links, kept: all > 0 ? kept / all : 0 }
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
