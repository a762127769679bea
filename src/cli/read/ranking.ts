/** What one token looked at, strongest first, as bars. */

import { percent } from '../terminal/figures.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { fit, padEnd, padStart, widthOf } from '../terminal/width.ts'

/** Columns that stand for 100 %, where there is room. */
const FULL = 40
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

export interface Ranked {
  readonly names: readonly string[]
  readonly soft: readonly boolean[]
  readonly weights: Float32Array
}

/** Indices by weight, strongest first; equal weights in the order of the text. */
export function ranked(weights: Float32Array): number[] {
  return [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b)
}

/** The list shows at least four, then what has 5 % or more, at most twelve; the rest is one line. */
export function ranking({ names, soft, weights }: Ranked, screen: Screen, paint: Paint): string[] {
  const order = ranked(weights)
  const heavy = order.filter((at) => weights[at]! >= 0.05).length
  const wanted = Math.min(12, Math.max(4, heavy))
  const shown = order.slice(0, order.length - wanted === 1 ? order.length : wanted)
  const labels = Math.min(Math.max(...shown.map((at) => widthOf(names[at]!))), Math.max(6, Math.floor(screen.columns / 3)))
  const scale = Math.min(FULL, screen.columns - labels - 14)
  const bars = shown.map((at) => (scale < 6 ? '' : bar(weights[at]! * scale)))
  const longest = Math.max(...bars.map(widthOf))
  const lines = shown.map((at, n) => {
    const name = padEnd(fit(names[at]!, labels), labels)
    const figure = padStart(percent(weights[at]!), 7)
    return `  ${(soft[at] ? paint.soft : paint.strong)(name)}   ${paint.looked(padEnd(bars[n]!, longest))}  ${figure}`
  })
  const rest = order.slice(shown.length)
  if (rest.length === 0) return lines
  const left = rest.reduce((sum, at) => sum + weights[at]!, 0)
  return [...lines, paint.soft(`  …${rest.length} more, ${percent(left)}`)]
}

/** Eighths of a column; what is above nothing shows at least a hairline. */
export function bar(columns: number): string {
  const eighths = columns > 0 ? Math.max(1, Math.round(columns * 8)) : 0
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!
}
