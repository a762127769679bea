/** What was cut and what came of it, and how that is called. */

import type { Effect, RowEffects } from '../../lens/index.ts'
import { decimal } from '../lens/parts.ts'
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

export interface Scene {
  readonly loaded: Loaded
  readonly text: string
  readonly labels: Labels
  readonly row: RowEffects
  readonly link: Link | undefined
  readonly how: 'before' | 'after'
}

/** "it" of the tokens that it is. */
export function wordOf({ labels }: Scene, tokens: readonly number[]): string {
  return tokens.length === 1 ? labels.names[tokens[0]!]! : tokens.map((at) => labels.words.pieces[at]!.trim()).join('')
}

/** "all 72 heads" */
export const headsOf = ({ row }: Scene): string => row.cut.replace(/, (before|after) the softmax$/, '')

/** Four decimals, as effects are given everywhere; what is less than half of the last is not called nothing. */
export function figure(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.00005) return `${value < 0 ? '−' : ''}<0.0001`
  return decimal(value, 4)
}
