/** Where the browser put the letters, and where the special tokens go beside them. Of a long text only the part in view is told. */

import type { Box } from './marks.ts'

/** Between the text and the special tokens beside it, in pixels. */
export const GAP = 6
/** From the last line to special tokens that stand under it. */
const UNDER = 26

export interface Parts {
  /** Everything is measured from its corner. */
  readonly frame: HTMLElement
  /** Holds a `[data-token]` for every token of the text. */
  readonly ink: HTMLElement
  /** Hold a `[data-special]` for every special token before and after the text. */
  readonly lead: HTMLElement | undefined
  readonly tail: HTMLElement | undefined
}

/** Letters from ≤ n < to. */
export interface Letters {
  readonly from: number
  readonly to: number
}

export interface Measured {
  /** By token; undefined for a token that has no place on the page. */
  readonly boxes: readonly (Box | undefined)[]
  readonly lines: number
  /** The special tokens after the text stand under it, since its last line is full. Undefined where its end is not in view. */
  readonly below: boolean | undefined
}

/** `starts`, `ends`: the beginning and the end of the text are in view. */
export function measure({ frame, ink, lead, tail }: Parts, count: number, starts: boolean, ends: boolean): Measured {
  const origin = frame.getBoundingClientRect()
  const boxes: (Box | undefined)[] = Array.from({ length: count })
  // What is first in view is not the first line where there is text above it.
  const tops: number[] = starts ? [] : [Number.NaN]
  let last: Box | undefined
  for (const piece of ink.querySelectorAll<HTMLElement>('[data-token]')) {
    const rects = [...piece.getClientRects()].map((rect) => boxAt(rect, origin, lineAt(tops, rect.top)))
    boxes[Number(piece.dataset.token)] = rects[0]
    last = rects.at(-1)
  }
  const first = boxes.find((box) => box !== undefined)
  if (!first || !last) return { boxes, lines: 1, below: false }
  const below = last.right + GAP + (tail?.offsetWidth ?? 0) > origin.width
  if (starts) put(lead, first.left - (lead?.offsetWidth ?? 0) - GAP, (first.top + first.bottom) / 2)
  if (ends && below) put(tail, (origin.width - (tail?.offsetWidth ?? 0)) / 2, last.bottom + UNDER)
  else if (ends) put(tail, last.right + GAP, (last.top + last.bottom) / 2)
  for (const [part, line] of [
    [starts ? lead : undefined, 0],
    [ends ? tail : undefined, below ? last.line + 1 : last.line],
  ] as const)
    for (const each of part?.querySelectorAll<HTMLElement>('[data-special]') ?? [])
      boxes[Number(each.dataset.special)] = boxAt(each.getBoundingClientRect(), origin, line)
  return { boxes, lines: tops.length, below: ends ? below : undefined }
}

/** Lines are told apart by their tops, in the order in which they appear. */
function lineAt(tops: number[], top: number): number {
  const at = tops.findIndex((each) => Math.abs(each - top) < 8)
  return at >= 0 ? at : tops.push(top) - 1
}

const boxAt = (rect: DOMRect, origin: DOMRect, line: number): Box => ({
  left: rect.left - origin.left,
  right: rect.right - origin.left,
  top: rect.top - origin.top,
  bottom: rect.bottom - origin.top,
  line,
})

function put(element: HTMLElement | undefined, left: number, top: number): void {
  if (!element) return
  element.style.left = `${left}px`
  element.style.top = `${top}px`
}
