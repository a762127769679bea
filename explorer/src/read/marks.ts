/** What is drawn around the sentence: arcs, underlines, percentages, and the bar under the word in focus. Geometry alone. */

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  /** Line of text, counted from 0. */
  readonly line: number
}

export interface Link {
  readonly token: number
  readonly weight: number
}

export interface Marks {
  readonly arcs: readonly { path: string; weight: number; width: number }[]
  readonly underlines: readonly { x: number; y: number; length: number; weight: number; width: number }[]
  readonly shares: readonly { x: number; y: number; weight: number }[]
  readonly focus: { x: number; y: number; length: number } | undefined
}

/** Words count from this weight on. */
export const COUNTS = 0.03
const SHARE_WIDTH = 46
const SHARE_BELOW = 5
/** Stroke width of a link in pixels. */
const strokeOf = (weight: number): number => 1 + 9 * weight

/**
 * Links from `from` to the words that count. An arc spans the space above the first line; where it would cross a line of text it
 * becomes an underline of the word looked at. A token that is set `apart` gets no link. A percentage that would touch a larger one's is left out.
 */
export function marks(
  boxes: readonly (Box | undefined)[],
  from: number,
  row: ArrayLike<number>,
  tallest: number,
  apart?: number,
): Marks {
  const start = boxes[from]
  const links = Array.from(row, (weight, token) => ({ token, weight })).filter(
    ({ token, weight }) => weight >= COUNTS && boxes[token],
  )
  const others = links.filter(({ token }) => token !== from && token !== apart)
  const arched = (token: number): boolean => start?.line === 0 && boxes[token]!.line === 0
  return {
    arcs: others
      .filter(({ token }) => arched(token))
      .map(({ token, weight }) => ({ path: arc(start!, boxes[token]!, tallest), weight, width: strokeOf(weight) })),
    underlines: others.filter(({ token }) => !arched(token)).map(({ token, weight }) => underline(boxes[token]!, weight)),
    shares: shares(boxes, links, (token) => token !== from && !arched(token)),
    focus: start && { x: start.left, y: start.bottom - 3, length: start.right - start.left },
  }
}

function arc(a: Box, b: Box, tallest: number): string {
  const x0 = middle(a)
  const x1 = middle(b)
  const h = Math.min(tallest, 26 + Math.abs(x1 - x0) * 0.13)
  return `M${fixed(x0)} ${fixed(a.top - 4)}C${fixed(x0)} ${fixed(a.top - h)},${fixed(x1)} ${fixed(b.top - h)},${fixed(x1)} ${fixed(b.top - 4)}`
}

function underline(box: Box, weight: number): Marks['underlines'][number] {
  const width = strokeOf(weight)
  return { x: box.left, y: box.bottom + 3 + width / 2, length: box.right - box.left, weight, width }
}

function shares(
  boxes: readonly (Box | undefined)[],
  links: readonly Link[],
  underlined: (token: number) => boolean,
): Marks['shares'] {
  const placed: { x: number; y: number; weight: number; line: number }[] = []
  for (const { token, weight } of [...links].sort((a, b) => b.weight - a.weight)) {
    const box = boxes[token]!
    const x = middle(box)
    if (placed.some((each) => each.line === box.line && Math.abs(each.x - x) < SHARE_WIDTH)) continue
    placed.push({ x, y: box.bottom + SHARE_BELOW + (underlined(token) ? strokeOf(weight) + 2 : 0), weight, line: box.line })
  }
  return placed
}

const middle = ({ left, right }: Box): number => (left + right) / 2
const fixed = (n: number): string => n.toFixed(1)
