/** The cell that is held leads further when it is pressed once more. */

import type { Board } from '../state/board.ts'

/** The column of the cell that is held, if the event is on it; undefined: it is on something else. */
export function pressedAgain(event: Event, { held, picture }: Pick<Board, 'held' | 'picture'>): number | undefined {
  const cell = (event.target as Element).closest<HTMLElement>('[role=gridcell][data-row]')
  if (!cell || !held || !picture) return undefined
  const column = held.column ?? (picture.token === held.token ? picture.ranked[0] : undefined)
  return Number(cell.dataset.row) === held.token && Number(cell.dataset.column) === column ? column : undefined
}
