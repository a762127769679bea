/** What attention costs, and what cheaper patterns cost in turn. */

export { type Cost, type CostOptions, type CostPoint, type CostSeries, cost, LENGTHS } from './cost.ts'
export { type Fit, powerLaw } from './fit.ts'
export { linksOf } from './links.ts'
export type { Pattern } from './patterns.ts'
export * as patterns from './patterns.ts'
export { type Quality, type QualityOptions, type QualityRow, quality } from './quality.ts'
export { type Path, shortestPath } from './shortest-path.ts'
