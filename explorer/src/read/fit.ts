/** How large the cells of a matrix are, how many of them there is room for, and where keys lead. Sizes are in pixels. */

const LARGEST = 20
const SMALLEST = 14
/** Of more rows than this only a part is in view. */
const MOST_ROWS = 64
const ROWS = 48
/** Room for a scroll bar. */
const BAR = 16

export interface Fit {
  /** Room for the labels of rows, and of columns. */
  readonly margin: number
  readonly above: number
  /** Of a cell, to each side. */
  readonly cell: number
  /** How many are in view at a time. */
  readonly rows: number
  readonly columns: number
}

interface Labelled {
  readonly columns: readonly string[]
  readonly rows: readonly string[]
  /** What stands behind the labels of rows. */
  readonly behind: readonly string[]
}

export function fitted({ columns, rows, behind }: Labelled, room: number): Fit {
  const [L, R] = [columns.length, rows.length]
  const margin = widest(rows) + (behind.some((label) => label !== '') ? widest(behind) : 0)
  const rowsFit = R <= MOST_ROWS ? R : ROWS
  const space = room - margin - (rowsFit < R ? BAR : 0)
  const cell = Math.max(SMALLEST, Math.min(LARGEST, Math.floor(space / Math.max(1, L))))
  const columnsFit = L * cell <= space ? L : Math.max(1, Math.floor((room - margin - BAR) / cell))
  return { margin, above: Math.min(84, widest(columns)), cell, rows: rowsFit, columns: columnsFit }
}

/** At 12 pixels, within reason. */
function widest(labels: readonly string[]): number {
  const letters = labels.reduce((most, label) => Math.max(most, label.length), 0)
  return Math.round(Math.min(100, Math.max(30, 8.4 * letters + 10)))
}

/** Where a key leads from a cell of R rows and L columns, or from the header of a row, which is column −1. */
export function led(
  { key, ctrlKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey'>,
  { row, column }: { readonly row: number; readonly column: number },
  [R, L]: readonly [number, number],
): { row: number; column: number } | undefined {
  const to: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    PageUp: [row - 10, column],
    PageDown: [row + 10, column],
    Home: ctrlKey ? [0, 0] : [row, 0],
    End: ctrlKey ? [R - 1, L - 1] : [row, L - 1],
  }
  const next = to[key]
  return next && { row: Math.min(R - 1, Math.max(0, next[0])), column: Math.min(L - 1, Math.max(-1, next[1])) }
}
