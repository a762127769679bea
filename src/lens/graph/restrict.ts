/** Attention restricted to a graph: a token looks along its edges and nowhere else. */

import { type Mask, masks } from '../../attention/index.ts'
import type { AttentionKind, Edit } from '../../model/index.ts'

/** Pairs [from, to], or edges with these ends: `from` looks at `to`. */
export type Links = readonly (readonly [number, number] | { readonly from: number; readonly to: number })[]

export interface RestrictOptions {
  /** Does every token see itself as well? Default true. Without it a token without edges looks nowhere, and gathers zeros. */
  readonly self?: boolean | undefined
  /** Do edges hold both ways? Default false. */
  readonly undirected?: boolean | undefined
}

/** How many tokens there are; of cross-attention how many look, and how many are looked at. */
export type Nodes = number | readonly [rows: number, columns: number]

/** Each link once, by row and column. Where one text looks at another no token can see itself, and nothing holds both ways. */
export function linksOf(given: Links, nodes: Nodes, options: RestrictOptions = {}): [number, number][] {
  const across = typeof nodes !== 'number'
  const { self = !across, undirected = false } = options
  if (across && (self || undirected))
    throw new RangeError('graph: self and undirected have no meaning where one text looks at another; leave them out')
  const [rows, columns] = across ? nodes : [nodes, nodes]
  const found = new Map<number, [number, number]>()
  const add = (from: number, to: number): void => {
    if (!isBelow(from, rows) || !isBelow(to, columns))
      throw new RangeError(
        `graph: edge [${from}, ${to}] does not join ${across ? `one of ${rows} tokens to one of ${columns}` : `two of the ${nodes} tokens`} (counted from 0)`,
      )
    found.set(from * columns + to, [from, to])
  }
  for (const link of given) {
    const [from, to] = 'from' in link ? [link.from, link.to] : link
    add(from, to)
    if (undirected) add(to, from)
  }
  if (self) for (let node = 0; node < rows; node++) add(node, node)
  return [...found.values()].sort(([a, b], [c, d]) => a - c || b - d)
}

const isBelow = (n: number, count: number): boolean => Number.isInteger(n) && n >= 0 && n < count

export interface KeepOptions extends RestrictOptions {
  /** Which layers, both ends in it. Default: all. */
  readonly layers?: readonly [number, number] | undefined
  /** Of an encoder–decoder; for 'cross', `nodes` is a pair. Default 'encoder'. */
  readonly kind?: AttentionKind | undefined
}

/** As an edit of a model: `model.run(text, { edits: [keepEdges(edges, run.tokens.length)] })`. Links are cut before the softmax. */
export function keepEdges(given: Links, nodes: Nodes, { layers, kind, ...options }: KeepOptions = {}): Edit {
  return { keep: 'edges', edges: linksOf(given, nodes, options), ...(layers && { layers }), ...(kind && { kind }) }
}

/** As a mask of the operator: `attention(q, k, v, { mask: edgeMask(edges, n) })`. It takes a table of nodes × nodes. */
export function edgeMask(given: Links, nodes: number, options: RestrictOptions = {}): Mask {
  return masks.graph({ nodes, edges: linksOf(given, nodes, options) })
}
