/** One plain sentence, true of exactly what is shown, made from the numbers. */

import type { Opening } from '../../lens/index.ts'
import { percent } from '../terminal/figures.ts'
import type { Paint } from '../terminal/paint.ts'
import { type Span, together, widthOf, wrap } from '../terminal/width.ts'
import type { Survey } from './survey.ts'

const share = (weight: number): string => together(percent(weight))

/** "it looks at animal most: 67.7 % in layer 3, head 1"; if the rule picked the head for another link, that one too. */
export function ofToken(
  token: number,
  weights: Float32Array,
  names: readonly string[],
  place: string,
  rule: Opening | undefined,
  paint: Paint,
): Span[] {
  const top = weights.indexOf(Math.max(...weights))
  const most = (at: number): Span => ({ text: at === token ? 'itself' : names[at]!, paint: paint.looked })
  const line: Span[] = [
    { text: names[token]!, paint: paint.strong },
    { text: ' looks at ' },
    most(top),
    { text: ` most: ${share(weights[top]!)} in ${place}` },
  ]
  if (rule && rule.column !== top) line.push({ text: '; at ' }, most(rule.column), { text: ` ${share(rule.weight)}` })
  return line
}

/** The link that the rule found, or (the head having been chosen) where most tokens look and the strongest look of a word at another. */
export function ofMatrix(seen: Survey, names: readonly string[], place: string, rule: Opening | undefined, paint: Paint): Span[] {
  const name = (at: number, how: 'strong' | 'looked'): Span => ({ text: names[at]!, paint: paint[how] })
  const to = (row: number, column: number): Span =>
    row === column ? { text: 'itself', paint: paint.looked } : name(column, 'looked')
  if (rule)
    return [
      name(rule.row, 'strong'),
      { text: ' looks at ' },
      to(rule.row, rule.column),
      { text: `: ${share(rule.weight)} in ${place}` },
    ]
  const { column, rows } = commonest(seen)
  const line: Span[] = [{ text: `In ${place}, ${rows} of ${seen.n} tokens look at ` }, name(column, 'looked'), { text: ' most' }]
  if (!seen.link) return line
  const { row, column: at, weight } = seen.link
  return [
    ...line,
    { text: '; the strongest look at another word is ' },
    name(row, 'strong'),
    { text: ' at ' },
    name(at, 'looked'),
    { text: `, ${share(weight)}` },
  ]
}

/** The column that most rows look at most; of several the first. */
function commonest({ tops, n }: Survey): { column: number; rows: number } {
  const rows = new Array<number>(n).fill(0)
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
