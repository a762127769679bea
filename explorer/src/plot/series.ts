/** What is drawn in a plot. */

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** What stands beside its name: its value where the reader stands, or the law it follows. */
  readonly value?: string | undefined
}

export type MarkShape = 'dot' | 'ring' | 'square' | 'diamond' | 'cross'

/** How the first, the second, … series is told from the others. */
export const marks: readonly { readonly dash: string; readonly mark: MarkShape }[] = [
  { dash: 'none', mark: 'dot' },
  { dash: '6 4', mark: 'ring' },
  { dash: '1.5 4', mark: 'square' },
  { dash: '9 3 2 3', mark: 'diamond' },
  { dash: '2 7', mark: 'cross' },
]
