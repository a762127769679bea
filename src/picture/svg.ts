/** A picture as SVG: text stays text, in the reader's own font. */

import { hexOf } from './colour.ts'
import type { Line, Mark, Picture, Text } from './picture.ts'

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

export function toSvg({ width, height, marks, title, description }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${figure(width)}" height="${figure(height)}" viewBox="0 0 ${figure(width)} ${figure(height)}" role="img" aria-labelledby="title description" font-family="${FONT}" style="font-variant-numeric: tabular-nums">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    ...marks.map(drawn),
    '</svg>',
    '',
  ].join('\n')
}

function drawn(mark: Mark): string {
  if (mark.kind === 'box') {
    const { x, y, width, height, fill } = mark
    return `<rect x="${figure(x)}" y="${figure(y)}" width="${figure(width)}" height="${figure(height)}" fill="${hexOf(fill)}"/>`
  }
  if (mark.kind === 'dot')
    return `<circle cx="${figure(mark.x)}" cy="${figure(mark.y)}" r="${figure(mark.radius)}" fill="${hexOf(mark.fill)}"/>`
  return mark.kind === 'line' ? lineOf(mark) : textOf(mark)
}

function lineOf({ points, colour, width, dash }: Line): string {
  const places = points.map(([x, y]) => `${figure(x)},${figure(y)}`).join(' ')
  const dashed = dash ? ` stroke-dasharray="${dash.map(figure).join(' ')}"` : ''
  return `<polyline points="${places}" fill="none" stroke="${hexOf(colour)}" stroke-width="${figure(width)}" stroke-linejoin="round"${dashed}/>`
}

function textOf({ x, y, text, size, colour, anchor, bold, upwards }: Text): string {
  const place = upwards ? `transform="translate(${figure(x)} ${figure(y)}) rotate(-90)"` : `x="${figure(x)}" y="${figure(y)}"`
  const from = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  const weight = bold ? ' font-weight="600"' : ''
  return `<text ${place} font-size="${figure(size)}"${from}${weight} fill="${hexOf(colour)}" xml:space="preserve">${escaped(text)}</text>`
}

/** A hundredth of a unit is finer than any eye. */
const figure = (value: number): string => String(Math.round(value * 100) / 100)

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text as XML and HTML write it. Control characters and halves of surrogate pairs, which XML forbids, are left out. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (character) => (/\s/.test(character) ? ' ' : ''))
    .replace(/[&<>"]/g, (character) => NAMED[character]!)
}
