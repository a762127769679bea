/** How a matrix of weights fits on a screen. */

import type { Screen } from '../terminal/screen.ts'

export interface Layout {
  /** pixels: half blocks in colour. shades: ░▒▓█. percent and tenths: digits. */
  readonly style: 'pixels' | 'shades' | 'percent' | 'tenths'
  /** Columns a cell takes. */
  readonly wide: number
  /** Is a row half a line high? Then two rows share a line: the upper has its label on the left, the lower on the right. */
  readonly half: boolean
  /** Tokens that share a cell; 1 unless a text is too long for the screen. */
  readonly per: { readonly rows: number; readonly columns: number }
  /** What a row's label takes, and a column's where it stands in a line. */
  readonly label: number
  readonly across: number
}

/** What is to be laid out: so many tokens on each side, and how wide the widest label there is. */
export interface Extents {
  readonly rows: { readonly n: number; readonly widest: number }
  readonly columns: { readonly n: number; readonly widest: number }
  /** The widest character in a column's label: these are written downwards. */
  readonly stacked: number
  /** Lines that are to stand below. */
  readonly below: number
}

type Form = Pick<Layout, 'style' | 'wide' | 'half'>

/** From the roomiest form to the tightest. */
const FORMS: Record<'many' | 'few' | 'none', readonly Form[]> = {
  many: [
    { style: 'pixels', wide: 2, half: false },
    { style: 'pixels', wide: 2, half: true },
    { style: 'pixels', wide: 1, half: true },
  ],
  few: [
    { style: 'shades', wide: 2, half: false },
    { style: 'shades', wide: 1, half: false },
  ],
  none: [
    { style: 'percent', wide: 4, half: false },
    { style: 'percent', wide: 3, half: false },
    { style: 'tenths', wide: 1, half: false },
  ],
}

/** Lines that stand around the matrix: header, statement, legend, and the prompt that comes after. */
const AROUND = 10
/** The longest column label, in lines. */
export const TALLEST = 8
/** The margin on the left. */
export const MARGIN = 2

/**
 * The roomiest form in which every token has its own row and column; if there is none, the tightest, with as many tokens to a
 * cell as it takes: no more rows than there would be room for columns.
 */
export function layoutFor({ rows, columns, stacked, below }: Extents, screen: Screen): Layout {
  const forms = FORMS[screen.depth >= 8 ? 'many' : screen.depth === 4 ? 'few' : 'none'].filter(({ wide }) => wide >= stacked)
  const longest = Math.max(4, Math.min(14, Math.floor(screen.columns / 5)))
  const [label, across] = [rows, columns].map(({ widest }) => Math.max(1, Math.min(widest, longest))) as [number, number]
  const tall = rows.n + Math.min(columns.widest, TALLEST) + AROUND + below
  const room = (form: Form): number =>
    Math.max(1, Math.floor((screen.columns - MARGIN - (form.half ? 2 : 1) * (label + 1)) / form.wide))
  const fits = (form: Form): boolean =>
    columns.n <= room(form) && (form.half || screen.rows === undefined || tall <= screen.rows || screen.depth < 8)
  const form = forms.find(fits) ?? forms.at(-1)!
  const per = (n: number): number => Math.ceil(n / room(form))
  return { ...form, label, across, per: { rows: per(rows.n), columns: per(columns.n) } }
}
