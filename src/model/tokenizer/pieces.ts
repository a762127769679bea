/** Models count in UTF-8 bytes, because a token may be less than a character; words count in UTF-16 units. */

import type { WordToken } from './models.ts'

/** A token, and how many bytes of the word it takes. */
export interface Piece {
  readonly id: number
  readonly bytes: number
}

/** How many bytes UTF-8 needs for a character. */
export function byteLengthOf(character: string): number {
  const code = character.codePointAt(0)!
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

/** Where pieces that follow each other stand in the word. One that begins or ends inside a character takes all of it. */
export function ranged(word: string, pieces: readonly Piece[]): WordToken[] {
  let unit = 0
  let byte = 0
  let wide = 0
  let size = 0
  const reach = (target: number): void => {
    while (byte + size <= target && unit + wide < word.length) {
      unit += wide
      byte += size
      const character = String.fromCodePoint(word.codePointAt(unit)!)
      wide = character.length
      size = byteLengthOf(character)
    }
  }
  let end = 0
  return pieces.map(({ id, bytes }) => {
    reach(end)
    const start = unit
    end += bytes
    reach(end - 1)
    return { id, start, end: unit + wide }
  })
}
