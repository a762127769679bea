/** Figures of a card, beside what they should be at least. */

import type { Corpus } from '../corpus.ts'

export interface Figure {
  /** What programs call it. */
  readonly key: string
  /** What it says, for the card. */
  readonly what: string
  readonly value: number
  /** What it is held to, if it is. */
  readonly least?: number
  /** A ratio, not a share. Default false. */
  readonly ratio?: boolean
}

/** What a figure is taken from. */
export interface Extent {
  /** How many sentences, or dates, or passages; for what is slow, a part of them. */
  readonly size: number
  /** Without it figures about real English are left out. */
  readonly corpus?: Corpus | undefined
  /** The n-gram's perplexity on the corpus' held-out text, where its own text is not at hand to count in. */
  readonly baseline?: number | undefined
}

/** A table in Markdown. */
export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map(
    (figure) =>
      `| ${figure.what} | ${shown(figure, figure.value)} | ${figure.least === undefined ? '' : `≥ ${shown(figure, figure.least)}`} |`,
  )
  return ['| | measured | bar |', '|---|---:|---:|', ...rows].join('\n')
}

function shown({ ratio }: Figure, value: number): string {
  return ratio ? value.toFixed(1) : `${Number((100 * value).toFixed(1))} %`
}

/** Those that do not reach what they are held to. */
export function missed(figures: readonly Figure[]): readonly Figure[] {
  return figures.filter(({ value, least }) => least !== undefined && !(value >= least))
}
