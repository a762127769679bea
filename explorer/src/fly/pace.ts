/**
 * How finely is drawn while the picture moves: as finely as this machine can at `WISHED` frames a second. A picture that rests is
 * always drawn in full.
 */

/** Frames a second that a moving picture should have at least. */
const WISHED = 20
/** Frames over which is judged. */
const JUDGED = 4
const COARSEST = 0.5
/** No more is given up at once. */
const STEP_DOWN = 0.5
/** Where frames take less than this share of their time, there is room to draw finer: a step up costs 1.15⁶ = 2.31 times as much at the most. */
const AMPLE = 0.4
const STEP_UP = 1.15

export class Pace {
  /** Share of the full width and height that is drawn while the picture moves. */
  share: number
  #times: number[] = []

  /** `share` to begin with: less than 1 where it is known that drawing is slow. */
  constructor(share = 1) {
    this.share = share
  }

  /** A frame of a moving picture came so many milliseconds after the one before. */
  note(milliseconds: number): void {
    this.#times.push(milliseconds)
    if (this.#times.length < JUDGED) return
    const middle = this.#times.sort((a, b) => a - b)[JUDGED / 2]!
    this.#times = []
    const taken = (middle * WISHED) / 1000
    // The work goes with the square of the share (plates near by) to its sixth power (many links).
    if (taken > 1) this.share = Math.max(COARSEST, this.share * Math.max(STEP_DOWN, 1 / Math.cbrt(taken)))
    else if (taken < AMPLE) this.share = Math.min(1, this.share * STEP_UP)
  }
}
