/** One plain sentence that is true of exactly what is shown, made from its numbers. */

import { type Looks, type Picture, selfOf } from '../state/picture.ts'
import { strings } from '../strings.ts'
import { nameOf } from './name.ts'

export interface Part {
  readonly text: string
  /** 'token': the one that looks; 'looked': the one looked at. */
  readonly kind: 'plain' | 'token' | 'looked'
}

const plain = (text: string): Part => ({ text, kind: 'plain' })

/** `where`: default the layer and head. */
export function statement(
  picture: Picture<Looks>,
  where: string = strings.statement.where(picture.layer, picture.head, picture.reading.heads),
): Part[] {
  const { row, rows, column, labels, token, apart } = picture
  const say = strings.statement
  /** A token that is set apart is named first and then left out of what is said, unless it is what is spoken of. */
  const left = apart !== undefined && apart !== column ? apart : undefined
  const ranked = orderOf(picture, left)
  const named = (index: number, kind: Part['kind']): Part[] => {
    if (kind === 'looked' && index === selfOf(picture)) return [{ text: say.itself, kind }]
    const { before, label } = nameOf(kind === 'token' ? rows : labels, index)
    const first = kind === 'token' && left === undefined ? before.charAt(0).toUpperCase() + before.slice(1) : before
    return [...(first ? [plain(first)] : []), { text: label, kind }]
  }
  const top = row[ranked[0]!]!
  const share = strings.percent(row[column]!)
  const ties = ranked.reduce((count, index) => count + (row[index] === top ? 1 : 0), 0)
  const aside = left === undefined ? [] : [plain(`${say.apartFrom} ${labels[left]}${say.whichGets(strings.percent(row[left]!))} `)]
  const subject = [...aside, ...named(token, 'token')]

  if (top === 0) return spaced(subject, plain(say.nothing(where)))
  if (ties === ranked.length && ties > 1) return spaced(subject, plain(say.evenly(share, where)))
  if (row[column] !== top) return lesser()
  if (ties > 1)
    return spaced(
      subject,
      plain(say.looksAt),
      named(column, 'looked'),
      plain(`${say.andOthers(ties - 1)} ${say.equally(share, where)}`),
    )
  return spaced(subject, plain(say.looksAt), named(column, 'looked'), plain(say.mostSpan(share, where)))

  function lesser(): Part[] {
    const first = spaced(subject, plain(say.gives), named(column, 'looked'), plain(say.share(share, where)))
    const best =
      ties > 1 ? [] : [plain(` ${say.mostGoes} `), ...named(ranked[0]!, 'looked'), plain(say.comma(strings.percent(top)))]
    return [...first, ...best]
  }
}

/** Tokens by falling weight, without `left`. */
function orderOf({ row, ranked, apart }: Picture<Looks>, left: number | undefined): readonly number[] {
  if (apart === undefined) return ranked
  return left === undefined ? [...ranked].sort((a, b) => row[b]! - row[a]! || a - b) : ranked.filter((index) => index !== left)
}

export function asText(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join('')
}

/** Puts a space between what stands side by side; a name's own parts bring theirs. */
function spaced(...groups: readonly (Part | readonly Part[])[]): Part[] {
  return groups.flatMap((group, n) => {
    const parts = Array.isArray(group) ? (group as readonly Part[]) : [group as Part]
    return n === 0 ? parts : [plain(' '), ...parts]
  })
}
