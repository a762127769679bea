/** Names for what heads do, each earned by a stated measure on a stated amount of text. */

import type { Figures, HeadMeasure } from './measures.ts'

export interface LabelRule {
  readonly name: string
  readonly measure: HeadMeasure
  /** The mean over rows must be at least this … */
  readonly least: number
  /** … and at least so many times what even looks at all visible keys would give … */
  readonly timesChance: number
  /** … over at least so many rows. */
  readonly rows: number
  /** May it be earned by the weight that is not on sinks alone? Such a label says so. */
  readonly beyondSinks: boolean
}

const rule = (name: string, measure: HeadMeasure, least: number, timesChance: number, beyondSinks = true): LabelRule => ({
  name,
  measure,
  least,
  timesChance,
  rows: 20,
  beyondSinks,
})

export const LABEL_RULES: readonly LabelRule[] = [
  rule('previous token', 'previous', 0.5, 2),
  rule('next token', 'next', 0.5, 2),
  rule('itself', 'self', 0.5, 2),
  rule('own word', 'pieces', 0.5, 2),
  rule('same word', 'sameWord', 0.4, 2),
  rule('induction', 'induction', 0.4, 2),
  rule('first token', 'firstToken', 0.5, 2, false),
  rule('separators', 'separators', 0.5, 2, false),
  rule('near', 'locality', 0.8, 2),
  rule('even', 'evenness', 0.9, 0),
]

/** Without this share of the weight left beside sinks, what is left says little about a head. */
export const LEAST_LEFT = 0.1

export interface Label {
  readonly name: string
  readonly measure: HeadMeasure
  readonly value: number
  readonly chance: number
  readonly rows: number
  /** true: the weight on sinks was taken out first; beside all weight the label would not have been earned. */
  readonly beyondSinks: boolean
}

/** What a head shows, and what even looks would. */
export interface Shown {
  readonly figures: Figures
  readonly chance: Figures
  readonly rows: Readonly<Record<HeadMeasure, number>>
}

/** "near" is not said of a head that is said to look at one neighbour, or at itself. */
export function labelsFor(all: Shown, apart: Shown, left: number, rules: readonly LabelRule[] = LABEL_RULES): Label[] {
  const labels = rules.flatMap((each) => {
    const own = earned(each, all, false)
    if (own) return [own]
    const beyond = each.beyondSinks && left >= LEAST_LEFT ? earned(each, apart, true) : undefined
    return beyond ? [beyond] : []
  })
  const closer = labels.some(({ measure }) => measure === 'previous' || measure === 'next' || measure === 'self')
  return closer ? labels.filter(({ measure }) => measure !== 'locality') : labels
}

function earned(each: LabelRule, { figures, chance, rows }: Shown, beyondSinks: boolean): Label | undefined {
  const { name, measure } = each
  const [value, even, count] = [figures[measure], chance[measure], rows[measure]]
  const enough = value >= each.least && value >= each.timesChance * even && count >= each.rows
  return enough ? { name, measure, value, chance: even, rows: count, beyondSinks } : undefined
}
