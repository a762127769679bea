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
  order: readonly number[],
  width: number,
  height: number,
): Map<number, Label> {
  const shown = new Map<number, Label>()
  const placed: Label[] = []
  for (const n of order) {
    const label = labels[n]
    if (!label || shown.has(n)) continue
    const free = isFree(label, placed, width, height) ? label : lower(label, placed, width, height)
    if (!free) continue
    shown.set(n, free)
    placed.push(free)
  }
  return shown
}

function lower(label: Label, placed: readonly Label[], width: number, height: number): Label | undefined {
  const place = { ...label, y: label.y + label.height }
  return isFree(place, placed, width, height) ? place : undefined
}

function isFree(label: Label, placed: readonly Label[], width: number, height: number): boolean {
  return inside(label, width, height) && !placed.some((other) => touch(other, label))
}

function inside({ x, y, width, height }: Label, right: number, bottom: number): boolean {
  return x - width / 2 >= 0 && x + width / 2 <= right && y - height / 2 >= 0 && y + height / 2 <= bottom
}

function touch(a: Label, b: Label): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 + AIR && Math.abs(a.y - b.y) < (a.height + b.height) / 2
}
