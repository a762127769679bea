/** Graphs for other programs: DOT (Graphviz), GraphML, and the JSON that networkx and d3 read. */

import { type Half, sidesOf } from '../../model/kinds.ts'
import type { AttentionGraph, AttentionNode } from './graph.ts'

/** What nodes are called: their position; of cross-attention, where two texts have the same positions, with the half in front (e3, d0). */
function namesIn(kind: AttentionGraph['kind']) {
  const { rows, columns } = sidesOf(kind)
  const named = (half: Half, token: number): string => (rows === columns ? String(token) : `${half[0]}${token}`)
  return {
    of: ({ half, token }: Pick<AttentionNode, 'half' | 'token'>) => named(half, token),
    from: (token: number) => named(rows, token),
    to: (token: number) => named(columns, token),
  }
}

/** For Graphviz: arrows run from the token that looks to the one looked at, thicker the more weight they have. */
export function toDot({ kind, nodes, edges, layers }: AttentionGraph): string {
  const several = layers.length > 1
  const names = namesIn(kind)
  return [
    'digraph attention {',
    '  rankdir=LR;',
    '  node [shape=plaintext];',
    ...nodes.map(
      (node) =>
        `  ${names.of(node)} [label=${quoted(node.text.trim() || node.text)}${node.special ? ', fontcolor="#6f6b62"' : ''}];`,
    ),
    ...edges.map(({ from, to, layer, weight }) => {
      const own = several ? `, layer=${layer}` : ''
      return `  ${names.from(from)} -> ${names.to(to)} [weight=${figure(weight)}, label="${figure(weight)}", penwidth=${figure(0.5 + 4 * weight)}${own}];`
    }),
    '}',
    '',
  ].join('\n')
}

/** Of what a DOT string is made, only quotes and backslashes mean something. */
const quoted = (text: string): string => `"${clean(text).replace(/["\\]/g, (character) => `\\${character}`)}"`

/** http://graphml.graphdrawing.org: each edge has its own id, since two layers may join the same tokens. */
export function toGraphml({ kind, nodes, edges, head, threshold, kept }: AttentionGraph): string {
  const names = namesIn(kind)
  const key = (id: string, of: string, type: string): string =>
    `  <key id="${id}" for="${of}" attr.name="${id}" attr.type="${type}"/>`
  const data = (name: string, value: string | number | boolean): string => `<data key="${name}">${escaped(String(value))}</data>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    key('kind', 'graph', 'string'),
    key('head', 'graph', 'string'),
    key('threshold', 'graph', 'double'),
    key('kept', 'graph', 'double'),
    key('text', 'node', 'string'),
    key('half', 'node', 'string'),
    key('start', 'node', 'int'),
    key('end', 'node', 'int'),
    key('special', 'node', 'boolean'),
    key('weight', 'edge', 'double'),
    key('layer', 'edge', 'int'),
    '  <graph id="attention" edgedefault="directed">',
    `    ${data('kind', kind)}${data('head', head)}${data('threshold', threshold)}${data('kept', figure(kept))}`,
    ...nodes.map(
      ({ token, half, text, start, end, special }) =>
        `    <node id="${names.of({ token, half })}">${data('text', text)}${data('half', half)}${data('start', start)}${data('end', end)}${data('special', special)}</node>`,
    ),
    ...edges.map(
      ({ from, to, layer, weight }, n) =>
        `    <edge id="e${n}" source="${names.from(from)}" target="${names.to(to)}">${data('weight', figure(weight))}${data('layer', layer)}</edge>`,
    ),
    '  </graph>',
    '</graphml>',
    '',
  ].join('\n')
}

/** Node-link JSON as networkx (`node_link_graph(data, edges="edges")`) reads it. Every weight is the float32 that it is. */
export function toJson({ kind, nodes, edges, text, layers, head, threshold, top, links, kept }: AttentionGraph): object {
  const names = namesIn(kind)
  const id = (name: string): string | number => (kind === 'cross' ? name : Number(name))
  return {
    directed: true,
    multigraph: true,
    graph: { kind, text: text ?? null, layers, head, threshold, top: top ?? null, links, kept: figure(kept) },
    nodes: nodes.map(({ token, ...rest }) => ({ id: id(names.of({ token, half: rest.half })), token, ...rest })),
    edges: edges.map(({ from, to, layer, weight }, key) => ({
      source: id(names.from(from)),
      target: id(names.to(to)),
      ...{ key, layer, weight: figure(weight) },
    })),
  }
}

/** A float32 in the fewest digits that give it back. */
const figure = (value: number): number => Number(value.toPrecision(9))

/** Without control characters and halves of pairs, which neither format may hold. */
const clean = (text: string): string =>
  text.toWellFormed().replace(/[\p{Cc}\ufffe\uffff]/gu, (character) => (/\s/.test(character) ? ' ' : ''))

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string => clean(text).replace(/[&<>"]/g, (character) => NAMED[character]!)
