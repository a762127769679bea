/** What was cut and what came of it, and how that is called. */

import type { Effect, RowEffects } from '../../lens/index.ts'
import { decimal } from '../lens/parts.ts'
import type { Seen } from '../lens/sight.ts'
import type { Loaded } from '../load.ts'
import type { Labels } from '../read/labels.ts'

export interface HeadCut {
  readonly layer: number
  readonly head: number
  readonly weight: number
  readonly effect: number
}

/** The link from one word to another. */
export interface Link {
  readonly to: readonly number[]
  /** In all the heads at once. */
  readonly whole: Effect
  /** The mean over the heads. */
  readonly weight: number
  /** In each alone. */
  readonly heads: readonly HeadCut[]
}

export interface Scene extends Seen {
  readonly loaded: Loaded
  readonly text: string
  /** Of the tokens that look, and of those looked at. */
  readonly rows: Labels
  readonly labels: Labels
  /** What is written by these looks, if they were named by that. */
  readonly writing: string | undefined
  readonly row: RowEffects
  readonly link: Link | undefined
  readonly how: 'before' | 'after'
}

/** What is looked at. */
export const wordOf = ({ labels }: Scene, tokens: readonly number[]): string => named(labels, tokens)

/** Who looks; of what is written, the word that these looks write. */
export const whoOf = ({ rows, row, writing }: Scene): string => writing ?? named(rows, row.row)

/** "it" of the tokens that it is. */
function named({ names, words }: Labels, tokens: readonly number[]): string {
  return tokens.length === 1 ? names[tokens[0]!]! : tokens.map((at) => words.pieces[at]!.trim()).join('')
}

/** "all 72 heads" */
export const headsOf = ({ row }: Scene): string => row.cut.replace(/, (before|after) the softmax$/, '')

/** Four decimals, as effects are given everywhere; what is less than half of the last is not called nothing. */
export function figure(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.00005) return `${value < 0 ? '−' : ''}<0.0001`
  return decimal(value, 4)
}
