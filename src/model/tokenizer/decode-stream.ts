/**
 * Decoding while tokens arrive. What a token stands for can depend on those around it, so a window of tokens is decoded again with
 * each new one, and what is new of its text is given out. A character whose bytes have not all come is held back.
 */

export interface DecodeStream {
  /** The text that the next tokens complete; '' while a character is not whole. */
  push(ids: number | readonly number[]): string
  /** What was held back, at the end of the tokens. The stream can then begin anew. */
  end(): string
}

/** So many tokens are decoded again, at most, before the window moves on (if it can). */
const LONGEST_WINDOW = 48
const SHORTEST_WINDOW = 12

/** `decode`: from ids to text. */
export function decodeStream(decode: (ids: readonly number[]) => string): DecodeStream {
  let window: number[] = []
  let shown = ''
  const give = (text: string): string => {
    const fresh = text.slice(shown.length)
    if (fresh !== '') shown = text
    return fresh
  }
  return {
    push(ids) {
      if (typeof ids === 'number') window.push(ids)
      else window.push(...ids)
      const text = decode(window)
      const fresh = give(text.replace(/\ufffd+$/, ''))
      if (window.length > LONGEST_WINDOW && text === shown) {
        const later = window.slice(-SHORTEST_WINDOW)
        const written = decode(later)
        if (written !== '' && !written.includes('\ufffd') && text.endsWith(written)) [window, shown] = [later, written]
      }
      return fresh
    },
    end() {
      const fresh = give(decode(window))
      window = []
      shown = ''
      return fresh
    },
  }
}
