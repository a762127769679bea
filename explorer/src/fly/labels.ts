/** Which labels are shown: as many as fit without touching, the more important first. */

export interface Label {
  /** The middle of the label, in pixels. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const AIR = 4

/** True for each label that is shown; `order` names them, the most important first. Those outside the picture are not. */
export function thin(labels: readonly (Label | undefined)[], order: Iterable<number>, width: number, height: number): boolean[] {
  const shown = labels.map(() => false)
  const placed: Label[] = []
  for (const n of order) {
    const label = labels[n]
    if (!label || shown[n] || !inside(label, width, height) || placed.some((other) => touch(other, label))) continue
    shown[n] = true
    placed.push(label)
  }
  return shown
}

function inside({ x, y, width, height }: Label, right: number, bottom: number): boolean {
  return x - width / 2 >= 0 && x + width / 2 <= right && y - height / 2 >= 0 && y + height / 2 <= bottom
}

function touch(a: Label, b: Label): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 + AIR && Math.abs(a.y - b.y) < (a.height + b.height) / 2
}
