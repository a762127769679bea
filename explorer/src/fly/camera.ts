/** Where one looks from: a pose circles round a target. Plain numbers; angles in radians, lengths in the units of the space. */

import type { Point } from './layout.ts'

export interface Pose {
  readonly target: Point
  /** 0: from the front; growing: from the right. */
  readonly azimuth: number
  /** 0: level; growing: from above. */
  readonly elevation: number
  readonly distance: number
}

/** The whole angle that the view has from top to bottom. */
export const FIELD = (34 * Math.PI) / 180
const STEEPEST = (85 * Math.PI) / 180
const NEAREST = 0.6
const FARTHEST = 400

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

export function orbit(pose: Pose, right: number, up: number): Pose {
  return { ...pose, azimuth: pose.azimuth + right, elevation: clamp(pose.elevation + up, -STEEPEST, STEEPEST) }
}

/** Moves the target in the plane of the picture, by shares of the picture's height. */
export function pan(pose: Pose, right: number, up: number): Pose {
  const axes = axesOf(pose)
  const step = 2 * pose.distance * Math.tan(FIELD / 2)
  return { ...pose, target: add(pose.target, axes.right, right * step, axes.up, up * step) }
}

/**
 * Comes nearer by a factor above 1. What is seen at (right, up), in shares of the picture's height from its middle, stays where it is,
 * if it is as far away as the target.
 */
export function zoom(pose: Pose, factor: number, right = 0, up = 0): Pose {
  const distance = clamp(pose.distance / factor, NEAREST, FARTHEST)
  const share = 1 - distance / pose.distance
  return { ...pan(pose, right * share, up * share), distance }
}

/** Shares of the picture that what is fitted into it leaves free on either side. */
const MARGIN = 0.08
/** Each round brings the pose nearer to the one that fits; after so many it fits to a hair. */
const ROUNDS = 12

/** The pose from which `points` fill a picture of this aspect (width / height) but for a margin, their image in its middle. */
export function fit(points: readonly Point[], aspect: number, azimuth: number, elevation: number): Pose {
  const middle = (k: 0 | 1 | 2): number => (Math.min(...points.map((at) => at[k])) + Math.max(...points.map((at) => at[k]))) / 2
  const reach = Math.max(...points.map((at) => Math.hypot(at[0] - middle(0), at[1] - middle(1), at[2] - middle(2))))
  let pose: Pose = { target: [middle(0), middle(1), middle(2)], azimuth, elevation, distance: 4 * reach + NEAREST }
  for (let round = 0; round < ROUNDS; round++) {
    const frame = new Frame(pose, aspect, 1)
    const seen = points.map((at) => frame.project(...at))
    const [left, right] = [Math.min(...seen.map(({ x }) => x)), Math.max(...seen.map(({ x }) => x))]
    const [top, bottom] = [Math.min(...seen.map(({ y }) => y)), Math.max(...seen.map(({ y }) => y))]
    const centred = pan(pose, (left + right - aspect) / 2, (1 - top - bottom) / 2)
    const filled = Math.max((right - left) / aspect, bottom - top) / (1 - 2 * MARGIN)
    pose = { ...centred, distance: clamp(Math.max(pose.distance * filled, nearestTo(points, centred)), NEAREST, FARTHEST) }
  }
  return pose
}

/** So far that no point comes near the eye. */
function nearestTo(points: readonly Point[], { target, azimuth, elevation }: Pose): number {
  const { back } = axesOf({ azimuth, elevation })
  return NEAREST + Math.max(...points.map((at) => dot(at, back) - dot(target, back)))
}

/** A pose between two; the turn is the shorter way round. */
export function between(from: Pose, to: Pose, share: number): Pose {
  const mix = (a: number, b: number): number => a + (b - a) * share
  const turn = to.azimuth - from.azimuth
  return {
    target: from.target.map((each, k) => mix(each, to.target[k]!)) as unknown as Point,
    azimuth: from.azimuth + share * (turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI))),
    elevation: mix(from.elevation, to.elevation),
    distance: from.distance * (to.distance / from.distance) ** share,
  }
}

/** Begins fast and ends gently: 0 → 0, 1 → 1. */
export const ease = (share: number): number => 1 - (1 - clamp(share, 0, 1)) ** 3

export interface Axes {
  readonly right: Point
  readonly up: Point
  /** From the target towards the eye. */
  readonly back: Point
}

export function axesOf({ azimuth, elevation }: Pick<Pose, 'azimuth' | 'elevation'>): Axes {
  const [sa, ca, se, ce] = [Math.sin(azimuth), Math.cos(azimuth), Math.sin(elevation), Math.cos(elevation)]
  return { right: [ca, 0, -sa], up: [-sa * se, ce, -ca * se], back: [sa * ce, se, ca * ce] }
}

export const eyeOf = (pose: Pose): Point => add(pose.target, axesOf(pose).back, pose.distance)

/** What a pose shows in a picture of so many pixels. */
export class Frame {
  readonly eye: Point
  readonly axes: Axes
  readonly width: number
  readonly height: number
  /** Pixels that a unit is long at a distance of one. */
  readonly focal: number

  constructor(pose: Pose, width: number, height: number) {
    this.eye = eyeOf(pose)
    this.axes = axesOf(pose)
    this.width = width
    this.height = height
    this.focal = height / 2 / Math.tan(FIELD / 2)
  }

  /** Pixels from the upper left corner, and the distance along the line of sight: not positive behind the eye. */
  project(x: number, y: number, z: number): { x: number; y: number; far: number } {
    const { right, up, back } = this.axes
    const [dx, dy, dz] = [x - this.eye[0], y - this.eye[1], z - this.eye[2]]
    const far = -(dx * back[0] + dy * back[1] + dz * back[2])
    const scale = this.focal / far
    return {
      x: this.width / 2 + scale * (dx * right[0] + dy * right[1] + dz * right[2]),
      y: this.height / 2 - scale * (dx * up[0] + dy * up[1] + dz * up[2]),
      far,
    }
  }

  /** The direction in which the eye sees a pixel; not of unit length. */
  ray(x: number, y: number): Point {
    const { right, up, back } = this.axes
    const [r, u] = [(x - this.width / 2) / this.focal, (this.height / 2 - y) / this.focal]
    return [0, 1, 2].map((k) => r * right[k]! + u * up[k]! - back[k]!) as unknown as Point
  }
}

const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

function add(from: Point, a: Point, alongA: number, b: Point = a, alongB = 0): Point {
  return from.map((each, k) => each + a[k]! * alongA + b[k]! * alongB) as unknown as Point
}
