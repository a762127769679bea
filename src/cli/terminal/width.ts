/** How many columns text takes, and cutting, padding and wrapping by columns instead of characters. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Wide and fullwidth blocks (UAX #11), first and last code point of each. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
]

const EMOJI = /\p{Emoji_Presentation}|\p{RI}\p{RI}|\p{Emoji}\uFE0F/u
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]*$/u

/** Text in the units a reader sees, each with the columns it takes. */
export function glyphs(text: string): { readonly text: string; readonly width: number }[] {
  return [...graphemes.segment(text)].map(({ segment }) => ({ text: segment, width: glyphWidth(segment) }))
}

function glyphWidth(glyph: string): number {
  if (NOTHING.test(glyph)) return 0
  if (EMOJI.test(glyph)) return 2
  const point = glyph.codePointAt(0)!
  return WIDE.some(([first, last]) => point >= first && point <= last) ? 2 : 1
}

export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return glyphs(text).reduce((sum, { width }) => sum + width, 0)
}

/** Text that cannot steer the terminal: control characters and marks that turn the writing direction become spaces or go. */
export function harmless(text: string): string {
  return text.replace(/[\t\n\v\f\r]+/g, ' ').replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** As `harmless`, for text that may have lines and tabs of its own. */
export function printable(text: string): string {
  return text.replace(/[^\t\n]+/g, harmless)
}

/** At most `columns` wide; what is cut is marked with an ellipsis. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ''
  let out = ''
  let used = 0
  for (const glyph of glyphs(text)) {
    if (used + glyph.width > columns - 1) break
    out += glyph.text
    used += glyph.width
  }
  return `${out}…`
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text
}

/** One piece of styled text: what is seen, and how it is painted. */
export interface Span {
  readonly text: string
  readonly paint?: ((text: string) => string) | undefined
}

/**
 * Spans as lines of at most `columns`, broken at spaces (a word that is too long is broken anywhere); a no-break space holds
 * and is shown as a space. Later lines are indented.
 */
export function wrap(spans: readonly Span[], columns: number, indent = ''): string[] {
  const room = Math.max(1, columns - widthOf(indent))
  const lines: Span[][] = [[]]
  let used = 0
  const put = (span: Span): void => {
    lines.at(-1)!.push(span)
    used += widthOf(span.text)
  }
  const turn = (): void => {
    lines.push([])
    used = 0
  }
  for (const word of unbroken(spans)) {
    const width = word.reduce((sum, span) => sum + widthOf(span.text), 0)
    const space = word[0]!.text === ' '
    const limit = lines.length === 1 ? columns : room
    if (space && used === 0 && lines.length > 1) continue
    if (used + width > limit && used > 0) {
      turn()
      if (space) continue
    }
    for (const span of word)
      for (const piece of width > room ? glyphs(span.text).map((glyph) => ({ ...span, text: glyph.text })) : [span]) {
        if (used + widthOf(piece.text) > (lines.length === 1 ? columns : room) && used > 0) turn()
        put(piece)
      }
  }
  return lines.map((line, n) => (n > 0 ? indent : '') + paintAll(trimEnd(line)))
}

/** Cuts spans at spaces: each part is one space or text that must stay together, which may have several paints. */
function unbroken(spans: readonly Span[]): Span[][] {
  const parts: Span[][] = []
  let open = false
  for (const span of spans)
    for (const piece of span.text.split(/( )/)) {
      if (piece === '') continue
      if (piece === ' ') parts.push([{ ...span, text: ' ' }])
      else if (open) parts.at(-1)!.push({ ...span, text: piece })
      else parts.push([{ ...span, text: piece }])
      open = piece !== ' '
    }
  return parts
}

function trimEnd(line: readonly Span[]): Span[] {
  const kept = [...line]
  while (kept.at(-1)?.text === ' ') kept.pop()
  return kept
}

function paintAll(spans: readonly Span[]): string {
  return spans
    .map(({ text, paint }) => {
      const spaced = text.replaceAll('\u00a0', ' ')
      return paint ? paint(spaced) : spaced
    })
    .join('')
}

/** Text that `wrap` keeps on one line: "67.7 %". */
export function together(text: string): string {
  return text.replaceAll(' ', '\u00a0')
}
