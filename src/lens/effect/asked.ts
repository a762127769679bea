/** What can be asked of `effect`, and what comes back. */

import type { CutEdge, Edit, Where } from '../../model/edit/edit.ts'
import type { Measure } from './measure.ts'
import type { Progress } from './progress.ts'

export interface EffectOptions extends Progress {
  /** Default 'cosine': 1 − cosine of the last hidden vector of the token that looks. */
  readonly measure?: Measure | undefined
}

export interface Effect {
  /** What was changed, all of it together. */
  readonly edits: readonly Edit[]
  /** What was measured, in words, with everything that was chosen. */
  readonly measure: string
  /** The measure without the edits (of a distance: 0) and with them. */
  readonly unedited: number
  readonly edited: number
  /** edited − unedited */
  readonly effect: number
}

/** The links from one token (of a word of several tokens: from each of them) to every other, cut one after another. */
export type RowCut = { readonly row: Where } & Omit<CutEdge, 'cut' | 'from' | 'to' | 'batch'>

/** See `RowCut`. */
export interface RowEffects {
  readonly measure: string
  /** What was cut, in words: "all 72 heads, before the softmax". */
  readonly cut: string
  /** The tokens that look. */
  readonly row: readonly number[]
  /** Every token that could be looked at, in order. */
  readonly tokens: readonly RowEffect[]
}

export interface RowEffect {
  readonly index: number
  /** As the text has it; a special token by its name. */
  readonly text: string
  /** What the token that looks gives it: the mean over the heads that are cut. */
  readonly weight: number
  /** Of cutting the link in all those heads at once. */
  readonly effect: number
}
