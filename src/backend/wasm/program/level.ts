/** How often a value changes: never in a tile, with the row, with the column, or at every score. */

export const level = {
  tile: 0,
  row: 1,
  column: 2,
  score: 3,

  /** The level of what depends on values of these levels. */
  join: (...levels: readonly Level[]): Level => levels.reduce<number>((all, one) => all | one, 0) as Level,

  /** Does it change from one column to the next? */
  moves: (at: Level): boolean => (at & 2) !== 0,
} as const

export type Level = 0 | 1 | 2 | 3
