/** What stands under the pointer: the nearest link, or a cell of a plate. */

import type { Frame } from './camera.ts'
import { curve, type Layout, type Link, MEAN, PLATE, pointAt } from './layout.ts'

/** A link is met this near, in pixels. */
const REACH = 7
const SAMPLES = 20

export interface Candidates {
  readonly count: number
  link(n: number): Link
}

/** The link that passes nearest to a pixel, if one passes near; `n` is its number among the candidates. Of like ones, the earlier. */
export function linkUnder(frame: Frame, space: Layout, links: Candidates, x: number, y: number, reach = REACH): number | undefined {
  const near = new Corridor(frame, space, x, y, reach)
  let best: number | undefined
  let least = reach
  for (let n = 0; n < links.count; n++) {
    const link = links.link(n)
    if (!near.mayPass(link)) continue
    const distance = near.distance(link)
    if (distance >= least) continue
    least = distance
    best = n
  }
  return best
}

/** Which links can pass near a pixel, told from where their four points are seen: a curve stays among its points. */
class Corridor {
  readonly #frame: Frame
  readonly #space: Layout
  readonly #x: number
  readonly #y: number
  readonly #reach: number
  /** By token, layer and where a link bends: on which sides of the pixel that point is seen, or `UNSEEN` where nobody asked yet. */
  readonly #sides: Uint8Array
  readonly #bends: number

  constructor(frame: Frame, space: Layout, x: number, y: number, reach: number) {
    this.#frame = frame
    this.#space = space
    this.#x = x
    this.#y = y
    this.#reach = reach
    this.#bends = space.heads + 3
    this.#sides = new Uint8Array(space.tokens * space.layers * this.#bends).fill(UNSEEN)
  }

  /** All four points to the left of the pixel, or all to the right, above or below: then no. */
  mayPass({ token, column, layer, head }: Link): boolean {
    const bend = 2 + (head === MEAN ? this.#space.heads : head)
    const ends = this.#side(column, layer, 0) & this.#side(token, layer, 1)
    return (ends && ends & this.#side(column, layer, bend) & this.#side(token, layer, bend)) === 0
  }

  /** In pixels, to the curve as a line of straight pieces. */
  distance(link: Link): number {
    const points = curve(this.#space, link)
    let least = Number.POSITIVE_INFINITY
    let before: Seen | undefined
    for (let n = 0; n <= SAMPLES; n++) {
      const here = this.#frame.project(...pointAt(points, n / SAMPLES))
      if (before && before.far > 0 && here.far > 0) least = Math.min(least, toPiece(this.#x, this.#y, before, here))
      before = here
    }
    return least
  }

  /** Where a link begins (0), ends (1) or bends (2 + its head). */
  #side(token: number, layer: number, place: number): number {
    const at = (token * this.#space.layers + layer) * this.#bends + place
    if (this.#sides[at] === UNSEEN) this.#sides[at] = this.#look(token, layer, place)
    return this.#sides[at]!
  }

  #look(token: number, layer: number, place: number): number {
    const head = place < 2 || place - 2 === this.#space.heads ? MEAN : place - 2
    const points = curve(this.#space, { layer, head, token, column: token })
    const { x, y, far } = this.#frame.project(...points[place === 0 ? 0 : place === 1 ? 3 : 1])
    const [dx, dy, reach] = [x - this.#x, y - this.#y, this.#reach]
    // Of a point behind the eye nothing can be said.
    if (far <= 0) return 0
    return (dx < -reach ? 1 : 0) | (dx > reach ? 2 : 0) | (dy < -reach ? 4 : 0) | (dy > reach ? 8 : 0)
  }
}

const UNSEEN = 16

type Seen = ReturnType<Frame['project']>

function toPiece(x: number, y: number, a: Seen, b: Seen): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / length))
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy)
}

export interface OnPlate {
  readonly token: number
  readonly level: number
  /** From the plate's upper left corner, 0 … 1. */
  readonly u: number
  readonly v: number
  readonly far: number
}

/** The nearest plate that a pixel shows. Plates turn with the eye about their upright axis. */
export function plateUnder(frame: Frame, space: Layout, x: number, y: number): OnPlate | undefined {
  const ray = frame.ray(x, y)
  const { right } = frame.axes
  // Level with the floor, and square to `right`.
  const face = [-right[2], 0, right[0]] as const
  const steep = ray[0] * face[0] + ray[2] * face[2]
  if (Math.abs(steep) < 1e-6) return undefined
  let best: OnPlate | undefined
  for (let token = 0; token < space.tokens; token++) {
    const px = space.x[token]!
    const far = ((px - frame.eye[0]) * face[0] - frame.eye[2] * face[2]) / steep
    if (far <= 0 || (best && far >= best.far)) continue
    const across = (frame.eye[0] + far * ray[0] - px) * right[0] + (frame.eye[2] + far * ray[2]) * right[2]
    const u = across / PLATE.width + 0.5
    if (u < 0 || u >= 1) continue
    const height = frame.eye[1] + far * ray[1]
    const level = Math.round(height / space.rise)
    const v = (level * space.rise - height) / PLATE.height + 0.5
    if (level >= 0 && level <= space.layers && v >= 0 && v < 1) best = { token, level, u, v, far }
  }
  return best
}
