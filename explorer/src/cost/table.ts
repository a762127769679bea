/** What was measured as a table: lengths down, what is compared across. The plot draws the same table. */

import type { Timed } from '../engine/questions/cost.ts'
import { costStrings as say } from './strings.ts'

export const OFS = ['time', 'flops', 'bytes'] as const
export type Of = (typeof OFS)[number]

export interface Table {
  readonly x: readonly number[]
  /** One number for each length. */
  readonly columns: readonly { readonly name: string; readonly values: readonly number[] }[]
}

export function tableOf(points: readonly Timed[], of: Of): Table {
  const x = points.map(({ n }) => n)
  const costs = points[0]?.costs ?? []
  const patterns = (what: 'milliseconds' | 'flops') =>
    costs.map(({ pattern }, at) => ({ name: pattern, values: points.map((point) => point.costs[at]!.point[what]) }))
  if (of === 'time') return { x, columns: patterns('milliseconds') }
  if (of === 'flops') {
    const recurrent = { name: say.plot.recurrent, values: points.map((point) => point.recurrent.flops) }
    return { x, columns: [...patterns('flops'), recurrent] }
  }
  const dense = (what: 'bytes' | 'matrixBytes') => points.map((point) => point.costs[0]!.point[what])
  return {
    x,
    columns: [
      { name: say.plot.held, values: dense('bytes') },
      { name: say.plot.matrix, values: dense('matrixBytes') },
    ],
  }
}
