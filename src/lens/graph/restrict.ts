/** Attention restricted to a graph: a token looks along its edges and nowhere else. */

import { type Mask, masks } from '../../attention/index.ts'
import type { Edit } from '../../model/index.ts'

/** Pairs [from, to], or edges with these ends: `from` looks at `to`. */
export type Links = readonly (readonly [number, number] | { readonly from: number; readonly to: number })[]

export interface RestrictOptions {
  /** Does every token see itself as well? Default true. Without it a token without edges looks nowhere, and gathers zeros. */
  readonly self?: boolean | undefined
  /** Do edges hold both ways? Default false. */
  readonly undirected?: boolean | undefined
}

/** Each link once, by row and column. */
export function linksOf(
  given: Links,
  nodes: number,
  { self = true, undirected = false }: RestrictOptions = {},
): [number, number][] {
  const found = new Map<number, [number, number]>()
  const add = (from: number, to: number): void => {
    for (const node of [from, to])
      if (!Number.isInteger(node) || node < 0 || node >= nodes)
        throw new RangeError(`graph: edge [${from}, ${to}] does not join two of the ${nodes} tokens (counted from 0)`)
    found.set(from * nodes + to, [from, to])
  }
  for (const link of given) {
    const [from, to] = 'from' in link ? [link.from, link.to] : link
    add(from, to)
    if (undirected) add(to, from)
  }
  if (self) for (let node = 0; node < nodes; node++) add(node, node)
  return [...found.values()].sort(([a, b], [c, d]) => a - c || b - d)
}

export interface KeepOptions extends RestrictOptions {
  /** Which layers, both ends in it. Default: all. */
  readonly layers?: readonly [number, number] | undefined
  readonly kind?: 'encoder' | 'decoder' | undefined
}

/** As an edit of a model: `model.run(text, { edits: [keepEdges(edges, run.tokens.length)] })`. Links are cut before the softmax. */
export function keepEdges(given: Links, nodes: number, { layers, kind, ...options }: KeepOptions = {}): Edit {
  return { keep: 'edges', edges: linksOf(given, nodes, options), ...(layers && { layers }), ...(kind && { kind }) }
}

/** As a mask of the operator: `attention(q, k, v, { mask: edgeMask(edges, n) })`. It takes a table of nodes × nodes. */
export function edgeMask(given: Links, nodes: number, options: RestrictOptions = {}): Mask {
  return masks.graph({ nodes, edges: linksOf(given, nodes, options) })
}
