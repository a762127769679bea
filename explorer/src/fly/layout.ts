/**
 * Where everything stands: positions to the right (x), layers upward (y), heads in depth (z). One unit is one step from token to token.
 *
 * A level is what the residual stream holds: level 0 after the embeddings, level n after layer n − 1. A link of layer n leads from
 * the stream of the token looked at, at level n, to the stream of the token that looks, at level n + 1: the way the value travels.
 */

export type Point = readonly [x: number, y: number, z: number]

/** A link's head, or the mean of its layer's heads, which has no depth of its own. */
export const MEAN = 255

export interface Link {
  readonly layer: number
  /** A head's number, or `MEAN`. */
  readonly head: number
  /** The token that looks. */
  readonly token: number
  /** The token looked at. */
  readonly column: number
}

/** Levels stand no nearer and no farther than this. */
const LOWEST = 1.3
const HIGHEST = 6
/** Between two heads, in depth, as far as this fits into `DEEPEST`. */
const HEAD_STEP = 0.5
const DEEPEST = 7
export const PLATE = { width: 0.75, height: 0.5 } as const
/** A subword stands nearer to the rest of its word. */
const JOINED = 0.84
/** Tokens that stand apart have this much room between them and the others. */
const APART = 1.6

export interface Layout {
  readonly tokens: number
  readonly layers: number
  readonly heads: number
  /** By token. */
  readonly x: Float32Array<ArrayBuffer>
  /** From the first head to the last. */
  readonly depth: number
  /** From level to level. */
  readonly rise: number
}

export interface Standing {
  /** It continues the word of the token before it. */
  readonly joined: boolean
  readonly apart: boolean
}

/** The middle of the row of tokens is x = 0. `aspect` is what the whole should have, width / height, as far as that can be. */
export function layout(standing: readonly Standing[], layers: number, heads: number, aspect = 1.7): Layout {
  const x = new Float32Array(standing.length)
  standing.forEach((each, n) => {
    const before = standing[n - 1]
    if (before) x[n] = x[n - 1]! + (each.joined ? JOINED : 1) + (each.apart === before.apart ? 0 : APART)
  })
  const width = x.at(-1) ?? 0
  return {
    tokens: x.length,
    layers,
    heads,
    x: x.map((each) => each - width / 2),
    depth: Math.min(DEEPEST, (heads - 1) * HEAD_STEP),
    rise: Math.min(HIGHEST, Math.max(LOWEST, width / aspect / layers)),
  }
}

/** How deep a head's links swing out; the first head in front. */
export function depthOf({ heads, depth }: Layout, head: number): number {
  return head === MEAN || heads < 2 ? 0 : depth * (0.5 - head / (heads - 1))
}

/**
 * The four points of a link's cubic Bézier curve. It leaves the upper edge of the one plate and arrives at the lower edge of the
 * other; half way it has three quarters of its head's depth.
 */
export function curve(space: Layout, { layer, head, token, column }: Link): readonly [Point, Point, Point, Point] {
  const [from, to] = [space.x[column]!, space.x[token]!]
  const low = layer * space.rise + PLATE.height / 2
  const high = (layer + 1) * space.rise - PLATE.height / 2
  const middle = (low + high) / 2
  const z = depthOf(space, head)
  return [
    [from, low, 0],
    [from, middle, z],
    [to, middle, z],
    [to, high, 0],
  ]
}

/** The point of a curve at 0 ≤ t ≤ 1. */
export function pointAt([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const s = 1 - t
  const at = (k: 0 | 1 | 2): number => s * s * s * a[k] + 3 * s * s * t * b[k] + 3 * s * t * t * c[k] + t * t * t * d[k]
  return [at(0), at(1), at(2)]
}

/** Points that have everything between them: the corners of the outermost plates, and where the outermost links swing out. */
export function outline({ x, layers, depth, rise }: Layout): Point[] {
  const swing = (0.75 * depth) / 2
  const [left, right] = [(x[0] ?? 0) - PLATE.width / 2, (x.at(-1) ?? 0) + PLATE.width / 2]
  const [low, high] = [-PLATE.height / 2, layers * rise + PLATE.height / 2]
  return [left, right].flatMap((side): Point[] => [
    [side, low, 0],
    [side, high, 0],
    ...[-swing, swing].flatMap((z): Point[] => [
      [side, rise / 2, z],
      [side, (layers - 0.5) * rise, z],
    ]),
  ])
}

/** How far it is from the middle to the farthest point. */
export function reachOf({ x, layers, depth, rise }: Layout): number {
  const width = (x.at(-1) ?? 0) - (x[0] ?? 0) + PLATE.width
  return Math.hypot(width, layers * rise + PLATE.height, depth) / 2
}
