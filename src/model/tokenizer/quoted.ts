/** Words of a stranger's file in a message: in quotes, on one line, and no more than a reader needs. */

const LONGEST = 60

export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
}
