/** Which labels are shown, and where: as many as fit without touching, the more important first. */

export interface Label {
  /** The middle of the label, in pixels. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const AIR = 4

/**
 * The labels that are shown, by number, those that would touch one a line lower. `order` names them, the most important first. Those
 * outside the picture are not shown.
 */
export function thin(
  labels: readonly (Label | undefined)[],
  order: Iterable<number>,
  width: number,
  height: number,
): Map<number, Label> {
  const shown = new Map<number, Label>()
  for (const n of order) {
    const label = labels[n]
    if (!label || shown.has(n)) continue
    const places = [label, { ...label, y: label.y + label.height }]
    const free = places.find((place) => inside(place, width, height) && ![...shown.values()].some((other) => touch(other, place)))
    if (free) shown.set(n, free)
  }
  return shown
}

function inside({ x, y, width, height }: Label, right: number, bottom: number): boolean {
  return x - width / 2 >= 0 && x + width / 2 <= right && y - height / 2 >= 0 && y + height / 2 <= bottom
}

function touch(a: Label, b: Label): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 + AIR && Math.abs(a.y - b.y) < (a.height + b.height) / 2
}
