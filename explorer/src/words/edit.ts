/** How places in a text move when the text is edited. */

export interface Span {
  readonly start: number
  readonly end: number
}

/** What changed between two texts: [start, before) of the first became [start, after) of the second. */
export interface Edit {
  readonly start: number
  readonly before: number
  readonly after: number
}

/** The smallest edit that makes `after` of `before`: all but their common beginning and end. */
export function editBetween(before: string, after: string): Edit {
  const least = Math.min(before.length, after.length)
  let start = 0
  while (start < least && before[start] === after[start]) start++
  let same = 0
  while (same < least - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++
  return { start, before: before.length - same, after: after.length - same }
}

/** Where a span stands after an edit; undefined if the edit changed something inside it. */
export function carry(span: Span, edit: Edit): Span | undefined {
  if (span.end <= edit.start) return span
  if (span.start < edit.before) return undefined
  const shift = edit.after - edit.before
  return { start: span.start + shift, end: span.end + shift }
}
