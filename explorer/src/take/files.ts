/** Offers as files: numbers as CSV and JSON, a picture as SVG and PNG, and a page of its own. Pure text and bytes. */

import { barTable, type Picture as Chart, escaped, heatMap, linePlot, toPng, toSvg } from 'regard/picture'
import type { Token } from '../engine/protocol.ts'
import type { Offer, Table } from './offers.svelte.ts'
import { takeStrings as say } from './strings.ts'

export type Kind = 'png' | 'svg' | 'csv' | 'json' | 'html'

/** Where an offer comes from. */
export interface Source {
  readonly model: string
  readonly text: string
  readonly tokens: readonly Token[]
  /** The address that opens the same view. */
  readonly link: string
}

export async function chartOf(offer: Offer, source: Source): Promise<Chart> {
  const chart = await offer.chart!()
  const words = {
    title: source.text.length <= LONGEST ? source.text : `${source.text.slice(0, LONGEST - 3)}…`,
    caption: [`${offer.title}.`, ...(offer.caption ?? []), say.read(source.model, source.tokens.length)],
  }
  if ('heatMap' in chart) return heatMap({ ...words, ...chart.heatMap })
  return 'linePlot' in chart ? linePlot({ ...words, ...chart.linePlot }) : barTable({ ...words, ...chart.barTable })
}

const LONGEST = 160

export async function svgOf(offer: Offer, source: Source): Promise<string> {
  return toSvg(await chartOf(offer, source))
}

export async function pngOf(offer: Offer, source: Source): Promise<Uint8Array<ArrayBuffer>> {
  return offer.image ? await bytesOf(await offer.image()) : await toPng(await chartOf(offer, source))
}

const bytesOf = async (blob: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await blob.arrayBuffer())

/** RFC 4180. */
export async function csvOf(offer: Offer): Promise<string> {
  const { head, rows } = await offer.table!()
  return [head, ...rows].map((row) => `${row.map((value) => cell(written(value))).join(',')}\r\n`).join('')
}

const cell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
const written = (value: Table['rows'][number][number]): string => (typeof value === 'number' ? say.exact(value) : (value ?? ''))

export async function jsonOf(offer: Offer, { model, text, tokens, link }: Source): Promise<string> {
  const own = (await offer.data?.()) ?? (await fieldsOf(offer))
  return `${JSON.stringify({ format: 'regard', version: 1, what: offer.title, ...own, model, text, tokens, link }, undefined, 1)}\n`
}

async function fieldsOf(offer: Offer): Promise<object> {
  const { head, rows } = await offer.table!()
  const number = (value: Table['rows'][number][number]) =>
    typeof value === 'number' ? (Number.isFinite(value) ? Number(say.exact(value)) : null) : (value ?? null)
  return { columns: head, rows: rows.map((row) => row.map(number)) }
}

/** A page that needs nothing but itself: the picture, what it says, and every number as a table for those who cannot see it. */
export async function pageOf(offer: Offer, source: Source): Promise<string> {
  const { text, model, link } = source
  const title = escaped(offer.title)
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(text.slice(0, 80))} · Regard</title>`,
    `<style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(text)}</h1>`,
    `<p>${title}. ${(offer.caption ?? []).map(escaped).join(' ')}</p>`,
    ...(offer.chart ? [`<div class="wide">${await svgOf(offer, source)}</div>`] : []),
    ...(offer.table ? [tableOf(await offer.table())] : []),
    ...(offer.table || offer.data
      ? [`<script type="application/json" id="regard">${(await jsonOf(offer, source)).replaceAll('<', '\\u003c')}</script>`]
      : []),
    `<p class="soft">${escaped(say.made(model))} <a href="${escaped(link)}">${escaped(say.open)}</a></p>`,
    '</main></body></html>',
    '',
  ].join('\n')
}

function tableOf({ head, rows }: Table): string {
  const short = (value: Table['rows'][number][number]): string =>
    escaped(typeof value === 'number' ? String(Number(value.toPrecision(4))) : (value ?? ''))
  return [
    `<details><summary>${escaped(say.table)}</summary><div class="wide"><table>`,
    `<tr>${head.map((label) => `<th scope="col">${escaped(label)}</th>`).join('')}</tr>`,
    ...rows.map(
      ([label, ...values]) =>
        `<tr><th scope="row">${short(label)}</th>${values.map((value) => `<td>${short(value)}</td>`).join('')}</tr>`,
    ),
    '</table></div></details>',
  ].join('\n')
}

const STYLE = [
  'body{margin:0;background:#fcfbf8;color:#1c1b18;font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}',
  'main{max-width:900px;margin:0 auto;padding:32px 20px}h1{font-size:22px;font-weight:600;overflow-wrap:anywhere}',
  '.wide{overflow-x:auto}svg{max-width:100%;height:auto}table{border-collapse:collapse;font-size:12px}',
  'th,td{padding:2px 6px;text-align:right;white-space:nowrap}summary{cursor:pointer;margin:16px 0}.soft{color:#6f6b62;font-size:13px}',
].join('')

/** From the first words of a text, and what the file holds. */
export function fileName(text: string, what: string, ending: string): string {
  const words = text
    .toLowerCase()
    .normalize('NFKD')
    .match(/[a-z0-9]+/g)
  const front = (words ?? []).slice(0, 5).join('-').slice(0, 40) || 'text'
  return `${front}-${what}.${ending}`
}

export const MAKERS: Readonly<Record<Kind, (offer: Offer, source: Source) => Promise<string | Uint8Array<ArrayBuffer>>>> = {
  png: pngOf,
  svg: svgOf,
  csv: csvOf,
  json: jsonOf,
  html: pageOf,
}
