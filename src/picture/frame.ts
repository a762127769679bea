/** Every picture has a title over it and a caption under it that says what was measured, and on how much. */

import { widthIn } from './letters.ts'
import { box, type Mark, moved, type Picture, text } from './picture.ts'
import { INK, PAPER, SOFT } from './scale.ts'

export interface Captioned {
  readonly title: string
  /** What was measured, how, and on how much text: one sentence each. */
  readonly caption: readonly string[]
}

/** What stands between title and caption. */
export interface Body {
  readonly width: number
  readonly height: number
  readonly marks: readonly Mark[]
}

const MARGIN = 20
const TITLE = 16
const NOTE = 12
const LEADING = 1.4
/** A title and a caption want some room even where the body is small. */
const NARROWEST = 420

export function framed({ title, caption }: Captioned, body: Body): Picture {
  const inside = Math.max(NARROWEST, body.width)
  const titles = broken(title, inside, TITLE * 1.06)
  const notes = caption.flatMap((sentence) => broken(sentence, inside, NOTE))
  const top = MARGIN + titles.length * TITLE * LEADING + 8
  const under = top + body.height + 12
  const height = under + notes.length * NOTE * LEADING + MARGIN
  const width = inside + 2 * MARGIN
  const at = (n: number, from: number, size: number): number => from + n * size * LEADING + size
  return {
    width,
    height,
    title,
    description: caption.join(' '),
    marks: [
      box(0, 0, width, height, PAPER),
      ...titles.map((words, n) => text(MARGIN, at(n, MARGIN - 2, TITLE), words, { size: TITLE, colour: INK, bold: true })),
      ...body.marks.map((mark) => moved(mark, MARGIN, top)),
      ...notes.map((words, n) => text(MARGIN, at(n, under, NOTE), words, { size: NOTE, colour: SOFT })),
    ],
  }
}

/** Text as lines, broken at spaces; a no-break space holds. */
export function broken(words: string, width: number, size: number): string[] {
  const lines: string[] = []
  for (const word of words.split(' ')) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && widthIn(longer, size) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** At most `width` wide; what is cut is marked. */
export function cut(words: string, width: number, size: number): string {
  if (widthIn(words, size) <= width) return words
  const characters = [...words]
  while (characters.length > 0 && widthIn(`${characters.join('')}…`, size) > width) characters.pop()
  return `${characters.join('')}…`
}

export const widest = (labels: readonly string[], size: number): number =>
  Math.max(0, ...labels.map((label) => widthIn(label, size)))
