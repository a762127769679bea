/** How the values of one token's residual stream lie on its plate: row by row, as a page is read. */

export interface Grid {
  readonly columns: number
  readonly rows: number
}

/** The shape that a plate would best have: columns / rows. */
const WISHED = 1.5
/** Without an even division into a shape between these, the last row has room left. */
const SLIMMEST = 0.8
const BROADEST = 2.8

export function gridOf(width: number): Grid {
  let best: Grid | undefined
  for (let rows = 1; rows <= width; rows++) {
    const columns = width / rows
    if (!Number.isInteger(columns) || columns / rows < SLIMMEST || columns / rows > BROADEST) continue
    if (!best || distance(columns / rows) < distance(best.columns / best.rows)) best = { columns, rows }
  }
  if (best) return best
  const columns = Math.ceil(Math.sqrt(width * WISHED))
  return { columns, rows: Math.ceil(width / columns) }
}

const distance = (shape: number): number => Math.abs(Math.log(shape / WISHED))

/** Which component lies at a place of the plate: (0, 0) is its upper left corner, (1, 1) its lower right. */
export function componentAt({ columns, rows }: Grid, width: number, u: number, v: number): number | undefined {
  if (u < 0 || v < 0 || u >= 1 || v >= 1) return undefined
  const component = Math.floor(v * rows) * columns + Math.floor(u * columns)
  return component < width ? component : undefined
}

/** The middle of a component's cell. */
export function placeOf({ columns, rows }: Grid, component: number): { u: number; v: number } {
  return { u: ((component % columns) + 0.5) / columns, v: (Math.floor(component / columns) + 0.5) / rows }
}
