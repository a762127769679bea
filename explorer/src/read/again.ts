/** The cell that is held leads further when it is pressed once more. */

import type { Board } from '../state/board.ts'

/** If the event, a click or Enter, is on the cell that is held, `go` follows, and nobody else hears of it; on any other it does nothing. */
export function pressedAgain(event: Event, board: Pick<Board, 'held' | 'picture' | 'hold'>, go: () => void): void {
  const { held, picture } = board
  const cell = (event.target as Element).closest<HTMLElement>('[role=gridcell][data-row]')
  if (!cell || !held || !picture) return
  const column = held.column ?? (picture.token === held.token ? picture.ranked[0] : undefined)
  if (column === undefined || Number(cell.dataset.row) !== held.token || Number(cell.dataset.column) !== column) return
  event.preventDefault()
  event.stopPropagation()
  board.hold({ column })
  go()
}
