/** What can be taken away of a matrix: numbers as CSV and JSON, a picture as SVG and PNG, and a page of its own. Pure text and bytes. */

import { type Picture as Chart, figure, heatMap, toPng, toSvg } from 'regard/picture'
import type { Head, Token } from '../engine/protocol.ts'
import { takeStrings as say } from './strings.ts'

/** One head's matrix, and all that is said about it. */
export interface Taken {
  readonly model: string
  readonly text: string
  readonly tokens: readonly Token[]
  readonly labels: readonly string[]
  readonly layer: number
  readonly head: Head
  readonly heads: number
  /** tokens × tokens, row-major: rows look. Undefined for a text too long for it. */
  readonly weights: Float32Array | undefined
  /** Of a long text: each number is the largest of `by` × `by` weights. */
  readonly pooled: { readonly by: number; readonly values: Float32Array } | undefined
  /** The statement under the sentence. */
  readonly statement: string
  /** The address that opens the same view. */
  readonly link: string
}

export function chartOf(taken: Taken): Chart {
  const { labels, weights, pooled } = taken
  const by = weights ? 1 : (pooled?.by ?? 1)
  const names = by === 1 ? labels : labels.filter((_, n) => n % by === 0).map((label, n) => `${n * by} ${label}`)
  return heatMap({
    title: taken.text.length <= 160 ? taken.text : `${taken.text.slice(0, 157)}…`,
    caption: [taken.statement, say.caption(taken.model, say.where(taken.layer, taken.head, taken.heads), labels.length, by)],
    rows: names,
    columns: names,
    rowTitle: say.rows,
    columnTitle: say.columns,
    values: weights ?? pooled?.values ?? [],
    scale: { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: figure },
    measure: by === 1 ? say.weight : say.largest(by),
  })
}

export function svgOf(taken: Taken): string {
  return toSvg(chartOf(taken))
}

export function pngOf(taken: Taken): Promise<Uint8Array<ArrayBuffer>> {
  return toPng(chartOf(taken))
}

/** RFC 4180: a line for each token that looks, a column for each token looked at; labels first. */
export function csvOf({ labels, weights }: Taken): string {
  if (!weights) throw new RangeError('a matrix this long has no table')
  const L = labels.length
  const lines = [['', ...labels], ...labels.map((label, i) => [label, ...Array.from(weights.subarray(i * L, (i + 1) * L), exact)])]
  return `${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`
}

const cell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
/** Every digit that a 32-bit weight has. */
const exact = (weight: number): string => String(Number(weight.toPrecision(9)))

/** What `<regard-matrix src>` reads, too. */
export function jsonOf({ model, text, tokens, layer, head, heads, weights, link }: Taken): string {
  if (!weights) throw new RangeError('a matrix this long has no table')
  const L = tokens.length
  const rows = Array.from({ length: L }, (_, i) => Array.from(weights.subarray(i * L, (i + 1) * L), (x) => Number(exact(x))))
  return `${JSON.stringify({ format: 'regard-matrix', version: 1, model, text, tokens, layer, head, heads, weights: rows, link }, undefined, 1)}\n`
}

/** A page that needs nothing but itself: the picture, what it says, and every number as a table for those who cannot see it. */
export function pageOf(taken: Taken): string {
  const { text, statement, labels, weights, link } = taken
  const svg = svgOf(taken)
  const L = labels.length
  const table = weights
    ? [
        `<details><summary>${escaped(say.table)}</summary><div class="wide"><table>`,
        `<tr><th scope="col">${escaped(say.corner)}</th>${labels.map((label) => `<th scope="col">${escaped(label)}</th>`).join('')}</tr>`,
        ...labels.map(
          (label, i) =>
            `<tr><th scope="row">${escaped(label)}</th>${Array.from(weights.subarray(i * L, (i + 1) * L), (x) => `<td>${x.toFixed(4)}</td>`).join('')}</tr>`,
        ),
        '</table></div></details>',
        `<script type="application/json" id="regard-matrix">${jsonOf(taken).replaceAll('<', '\\u003c')}</script>`,
      ].join('\n')
    : ''
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(text.slice(0, 80))} · Regard</title>`,
    `<style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(text)}</h1>`,
    `<p>${escaped(statement)}</p>`,
    `<div class="wide">${svg}</div>`,
    table,
    `<p class="soft">${escaped(say.made(taken.model))} <a href="${escaped(link)}">${escaped(say.open)}</a></p>`,
    '</main></body></html>',
    '',
  ].join('\n')
}

const STYLE = [
  'body{margin:0;background:#fcfbf8;color:#1c1b18;font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}',
  'main{max-width:900px;margin:0 auto;padding:32px 20px}h1{font-size:22px;font-weight:600;overflow-wrap:anywhere}',
  '.wide{overflow-x:auto}svg{max-width:100%;height:auto}table{border-collapse:collapse;font-size:12px}',
  'th,td{padding:2px 6px;text-align:right;white-space:nowrap}summary{cursor:pointer;margin:16px 0}.soft{color:#6f6b62;font-size:13px}',
].join('')

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.toWellFormed().replace(/[&<>"]/g, (character) => NAMED[character]!)

/** A file's name from the first words of a text. */
export function fileName({ text, layer, head }: Taken, ending: string): string {
  const words = text
    .toLowerCase()
    .normalize('NFKD')
    .match(/[a-z0-9]+/g)
  const front = (words ?? []).slice(0, 5).join('-').slice(0, 40) || 'text'
  return `${front}-layer-${layer}-head-${head}.${ending}`
}

/** By the ending of the file. */
export const MAKERS: Readonly<Record<string, (taken: Taken) => string | Promise<Uint8Array<ArrayBuffer>>>> = {
  png: pngOf,
  svg: svgOf,
  csv: csvOf,
  json: jsonOf,
  html: pageOf,
}
