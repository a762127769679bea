/** What fingers and the pointer mean on the map: one drags it, two pull it apart, one that stays where it came down presses. */

export interface HandsDo {
  /** Nothing is down: the pointer is over this place. */
  hover(x: number, y: number): void
  pan(dx: number, dy: number): void
  /** About a point that stays where it is. */
  zoom(factor: number, x: number, y: number): void
  press(x: number, y: number): void
}

type Spot = Pick<PointerEvent, 'pointerId' | 'offsetX' | 'offsetY'>

/** A hand that moves less than this many pixels stays where it is. */
const STILL = 4

export class Hands {
  readonly #do: HandsDo
  /** Fingers and buttons that are down, by their number. */
  readonly #down = new Map<number, { readonly x: number; readonly y: number }>()
  #dragged = false

  constructor(does: HandsDo) {
    this.#do = does
  }

  get idle(): boolean {
    return this.#down.size === 0
  }

  down({ pointerId, offsetX, offsetY }: Spot): void {
    this.#down.set(pointerId, { x: offsetX, y: offsetY })
    if (this.#down.size === 1) this.#dragged = false
  }

  move({ pointerId, offsetX: x, offsetY: y }: Spot): void {
    const from = this.#down.get(pointerId)
    if (!from) {
      this.#do.hover(x, y)
      return
    }
    if (!this.#dragged && Math.hypot(x - from.x, y - from.y) < STILL) return
    this.#dragged = true
    const other = [...this.#down].find(([id]) => id !== pointerId)?.[1]
    if (other) {
      const apart = (at: { x: number; y: number }): number => Math.max(1, Math.hypot(at.x - other.x, at.y - other.y))
      this.#do.zoom(apart({ x, y }) / apart(from), other.x, other.y)
    } else this.#do.pan(x - from.x, y - from.y)
    this.#down.set(pointerId, { x, y })
  }

  up({ pointerId, offsetX, offsetY }: Spot): void {
    if (this.#down.delete(pointerId) && !this.#dragged) this.#do.press(offsetX, offsetY)
  }

  /** Taken away by the browser: no press. */
  cancel({ pointerId }: Pick<Spot, 'pointerId'>): void {
    this.#down.delete(pointerId)
  }
}
