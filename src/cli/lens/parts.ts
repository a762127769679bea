/** Pieces that pictures in a terminal are made of. */

import type { Loaded } from '../load.ts'
import { bar } from '../read/ranking.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { fit, padEnd, padStart, type Span, together, widthOf, wrap } from '../terminal/width.ts'

/** What JSON says of the model and of what ran; `sight`: which attention, where it is not the first. */
export function about({ model, engine }: Loaded, size: { readonly layers: number; readonly heads: number } = model.config): object {
  return {
    model: { name: model.name, family: model.config.family, layers: size.layers, heads: size.heads },
    engine: { backend: engine.backend, tier: engine.tier, threads: engine.threads },
  }
}

/** A cosine, a share or a correlation: three decimals and a real minus. */
export function decimal(value: number, digits = 3): string {
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** 4 096 → "4k"; whole thousands of 1024 as texts are counted, else all digits. */
export const tokens = (n: number): string => (n >= 1024 && n % 1024 === 0 ? `${n / 1024}k` : String(n))

export interface Column {
  readonly title: string
  /** Of every row; undefined: nothing to show. */
  readonly cells: readonly (string | undefined)[]
  /** Default: to the right, as figures stand. */
  readonly left?: boolean
  readonly paint?: ((text: string) => string) | undefined
}

/**
 * Columns side by side, each as wide as it needs; titles are soft. What does not fit beside each other stands below, each time with the
 * first column, which gives way where that makes room.
 */
export function table(columns: readonly Column[], screen: Screen, paint: Paint): string[] {
  const [first, ...rest] = columns
  const wanted = widthIn(first!)
  const room = screen.columns - MARGIN.length
  const own = Math.min(wanted, Math.max(4, room - Math.max(...rest.map((column) => widthIn(column) + GAP.length))))
  const groups: Column[][] = []
  let used = room
  for (const column of rest) {
    const width = widthIn(column) + GAP.length
    if (used + width > room) {
      groups.push([])
      used = own
    }
    groups.at(-1)!.push(column)
    used += width
  }
  return groups.flatMap((group, n) => [...(n > 0 ? [''] : []), ...drawn([first!, ...group], own, paint)])
}

const widthIn = ({ title, cells }: Column): number => Math.max(widthOf(title), ...cells.map((cell) => widthOf(cell ?? '')))

function drawn(columns: readonly Column[], first: number, paint: Paint): string[] {
  const widths = columns.map((column, n) => (n === 0 ? first : widthIn(column)))
  const line = (row: readonly (string | undefined)[], title: boolean): string =>
    `${MARGIN}${columns
      .map(({ left, paint: own }, n) => {
        const cell = (left ? padEnd : padStart)(fit(row[n] ?? '', widths[n]!), widths[n]!)
        return title ? paint.soft(cell) : own ? own(cell) : cell
      })
      .join(GAP)}`.trimEnd()
  const titles = columns.map(({ title }) => title)
  const rows = columns[0]!.cells.map((_, row) => columns.map(({ cells }) => cells[row]))
  return [line(titles, true), ...rows.map((row) => line(row, false))]
}

const MARGIN = '  '
const GAP = '  '

/** Bars for a column of `table`: `most` is a full one of `columns`. What is below nothing has none. */
export function bars(values: readonly (number | undefined)[], most: number, columns: number): string[] {
  return values.map((value) => (value === undefined || !(most > 0) ? '' : bar((Math.max(0, value) / most) * columns)))
}

/** A sentence of plain words, wrapped. */
export const said = (text: string, screen: Screen): string[] => wrap([{ text }], screen.columns)

export const noted = (text: string, screen: Screen, paint: Paint): string[] => wrap([{ text, paint: paint.soft }], screen.columns)

/** The model in strong letters, then what else is to be known. */
export function heading(name: string, facts: readonly string[], screen: Screen, paint: Paint): string[] {
  const spans: Span[] = [
    { text: name, paint: paint.strong },
    { text: ` · ${facts.map(together).join(' · ')}`, paint: paint.soft },
  ]
  return wrap(spans, screen.columns)
}

/** After so many layers. */
export const stateName = (state: number): string => (state === 0 ? 'the embeddings' : `layer ${state - 1}`)
