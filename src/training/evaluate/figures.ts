/** Figures of a card, beside what they should be at least. */

export interface Figure {
  readonly what: string
  readonly value: number
  /** What it is held to, if it is. */
  readonly least?: number
  /** A ratio, not a share. Default false. */
  readonly ratio?: boolean
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
