/**
 * How finely is drawn while the picture moves: as finely as this machine can at `WISHED` frames a second. A picture that rests is
 * always drawn in full.
 */

/** Frames a second that a moving picture should have at least. */
const WISHED = 20
/** Frames over which is judged. */
const JUDGED = 6
const COARSER = 0.75
const COARSEST = 0.5

export class Pace {
  /** Share of the full width and height that is drawn while the picture moves. */
  share = 1
  #times: number[] = []

  /** A frame of a moving picture came so many milliseconds after the one before. */
  note(milliseconds: number): void {
    this.#times.push(milliseconds)
    if (this.#times.length < JUDGED) return
    const middle = this.#times.sort((a, b) => a - b)[JUDGED / 2]!
    this.#times = []
    if (middle > 1000 / WISHED) this.share = Math.max(COARSEST, this.share * COARSER)
  }
}
