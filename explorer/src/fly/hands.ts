/** What hands do to the picture: drag to turn, with Shift or the right button to move, wheel or two fingers to come nearer. */

export interface Hands {
  /** By pixels. */
  turn(dx: number, dy: number): void
  move(dx: number, dy: number): void
  /** Nearer by a factor above 1, about a pixel. */
  nearer(factor: number, x: number, y: number): void
  /** The pointer rests over a pixel; undefined: it left. */
  point(at: { x: number; y: number } | undefined): void
  /** A click or a tap. */
  press(x: number, y: number, finger: boolean): void
}

/** A pointer that moved less than this did not drag. */
const STEADY = 4
const PER_LINE = 16
const WHEEL = 0.0016

interface Down {
  x: number
  y: number
}

/** Listens on `element` until `signal` is aborted. */
export function listen(element: HTMLElement, hands: Hands, signal: AbortSignal): void {
  const down = new Map<number, Down>()
  let dragged = 0
  const place = (event: MouseEvent): Down => {
    const { left, top } = element.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }

  element.addEventListener(
    'pointerdown',
    (event) => {
      if (down.size === 0) dragged = 0
      down.set(event.pointerId, place(event))
      element.setPointerCapture(event.pointerId)
    },
    { signal },
  )
  element.addEventListener(
    'pointermove',
    (event) => {
      const to = place(event)
      const from = down.get(event.pointerId)
      if (!from) {
        if (event.pointerType === 'mouse') hands.point(to)
        return
      }
      const [dx, dy] = [to.x - from.x, to.y - from.y]
      dragged += Math.hypot(dx, dy)
      if (down.size === 2) pinch(down, event.pointerId, to, hands)
      else if (dragged >= STEADY) {
        if (event.shiftKey || (event.buttons & 6) !== 0) hands.move(dx, dy)
        else hands.turn(dx, dy)
      }
      down.set(event.pointerId, to)
    },
    { signal },
  )
  const up = (event: PointerEvent): void => {
    const from = down.get(event.pointerId)
    if (!from) return
    down.delete(event.pointerId)
    if (event.type === 'pointerup' && down.size === 0 && dragged < STEADY && event.button === 0)
      hands.press(from.x, from.y, event.pointerType !== 'mouse')
  }
  element.addEventListener('pointerup', up, { signal })
  element.addEventListener('pointercancel', up, { signal })
  // A finger that is lifted leaves, too: what it tapped stays.
  element.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && hands.point(undefined), { signal })
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const { x, y } = place(event)
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PER_LINE : 1
      // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
      hands.nearer(Math.exp(-event.deltaY * lines * WHEEL * (event.ctrlKey ? 5 : 1)), x, y)
    },
    { signal, passive: false },
  )
}

/** Two fingers: their distance brings nearer, their middle moves. */
function pinch(down: ReadonlyMap<number, Down>, moving: number, to: Down, hands: Hands): void {
  const from = down.get(moving)!
  const other = [...down].find(([id]) => id !== moving)![1]
  const before = Math.hypot(from.x - other.x, from.y - other.y)
  const after = Math.hypot(to.x - other.x, to.y - other.y)
  hands.move((to.x - from.x) / 2, (to.y - from.y) / 2)
  if (before > 0 && after > 0) hands.nearer(after / before, (to.x + other.x) / 2, (to.y + other.y) / 2)
}
