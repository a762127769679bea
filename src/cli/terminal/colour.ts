/** Colours as a terminal has them. */

import type { Rgb } from '../../picture/index.ts'

/** The nearest of the 256 colours: the 6×6×6 cube or the 24 greys. */
export function nearest256([r, g, b]: Rgb): number {
  const steps = [0, 95, 135, 175, 215, 255]
  const step = (value: number): number =>
    steps.reduce((best, level, n) => (Math.abs(level - value) < Math.abs(steps[best]! - value) ? n : best), 0)
  const [x, y, z] = [step(r), step(g), step(b)]
  const grey = Math.min(23, Math.max(0, Math.round(((r + g + b) / 3 - 8) / 10)))
  const level = 8 + 10 * grey
  const far = (a: Rgb): number => (a[0] - r) ** 2 + (a[1] - g) ** 2 + (a[2] - b) ** 2
  return far([level, level, level]) < far([steps[x]!, steps[y]!, steps[z]!]) ? 232 + grey : 16 + 36 * x + 6 * y + z
}
