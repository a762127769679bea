/** What the map of a long text asks: parts of one head's matrix at any coarseness, and what stands behind a square of it. */

import type { Place, Window } from './read.ts'

/** How a square of weights becomes one number. */
export type Pooling = 'max' | 'mean'

export interface Strongest {
  readonly row: number
  readonly column: number
  readonly weight: number
}

export interface MapQuestions {
  /** Each number stands for `by` × `by` weights of the window: ⌈rows/by⌉ × ⌈columns/by⌉, row-major. */
  pooled(ask: Place & { window: Window; by: number; pooling: Pooling }): Float32Array
  /** The largest weight of the window, the first of like ones. */
  strongest(ask: Place & { window: Window }): Strongest
}
