/** One plain sentence, true of exactly what is shown, made from the numbers. */

import type { Opening } from '../../lens/index.ts'
import { percent } from '../terminal/figures.ts'
import type { Paint } from '../terminal/paint.ts'
import { type Span, together, widthOf, wrap } from '../terminal/width.ts'
import type { Survey } from './survey.ts'

/** What the tokens are called that look, and those that are looked at. */
export interface Names {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** Are these the same tokens? */
  readonly square: boolean
}

const share = (weight: number): string => together(percent(weight))

/** "it looks at animal most: 67.7 % in layer 3, head 1"; if the rule picked the head for another link, that one too. */
export function ofToken(
  token: number,
  weights: Float32Array,
  names: Names,
  place: string,
  rule: Opening | undefined,
  paint: Paint,
): Span[] {
  const top = weights.indexOf(Math.max(...weights))
  const most = (at: number): Span => ({ text: names.square && at === token ? 'itself' : names.columns[at]!, paint: paint.looked })
  const line: Span[] = [
    { text: names.rows[token]!, paint: paint.strong },
    { text: ' looks at ' },
    most(top),
    { text: ` most: ${share(weights[top]!)} in ${place}` },
  ]
  if (rule && rule.column !== top) line.push({ text: '; at ' }, most(rule.column), { text: ` ${share(rule.weight)}` })
  return line
}

/** The link that the rule found, or (the head having been chosen) where most tokens look and the strongest look of a word at another. */
export function ofMatrix(seen: Survey, names: Names, place: string, rule: Opening | undefined, paint: Paint): Span[] {
  const looks = (row: number): Span => ({ text: names.rows[row]!, paint: paint.strong })
  const looked = (column: number): Span => ({ text: names.columns[column]!, paint: paint.looked })
  const itself = ({ row, column }: Opening): boolean => names.square && row === column
  if (rule)
    return [
      looks(rule.row),
      { text: ' looks at ' },
      itself(rule) ? { text: 'itself', paint: paint.looked } : looked(rule.column),
      { text: `: ${share(rule.weight)} in ${place}` },
    ]
  const { column, rows } = commonest(seen)
  const line: Span[] = [{ text: `In ${place}, ${rows} of ${seen.rows.n} tokens look at ` }, looked(column), { text: ' most' }]
  if (!seen.link) return line
  const { row, column: at, weight } = seen.link
  return [
    ...line,
    { text: `; the strongest look at ${names.square ? 'another' : 'a'} word is ` },
    looks(row),
    { text: ' at ' },
    looked(at),
    { text: `, ${share(weight)}` },
  ]
}

/** The column that most rows look at most; of several the first. */
function commonest({ tops, columns }: Survey): { column: number; rows: number } {
  const rows = new Array<number>(columns.n).fill(0)
  for (const { column } of tops) rows[column]!++
  const most = Math.max(...rows)
  return { column: rows.indexOf(most), rows: most }
}

/** The statement and, in brackets, the rule that picked the head: on one line if there is room, else below it. */
export function stated(line: readonly Span[], rule: Opening | undefined, columns: number, paint: Paint): string[] {
  if (!rule) return wrap(line, columns)
  const why: Span = { text: `(${rule.reason})`, paint: paint.soft }
  const whole = [...line, { text: '   ' }, why]
  const fits = whole.reduce((sum, { text }) => sum + widthOf(text), 0) <= columns
  return fits ? wrap(whole, columns) : [...wrap(line, columns), ...wrap([why], columns)]
}
