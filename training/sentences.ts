/** From running text to sentences that a small model can read. */

/** Cuts after . ! ? where a new sentence begins; titles and initials do not end one. */
export function split(text: string): string[] {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\b(Mr|Mrs|Ms|Dr|St|Messrs|Hon|Gen|Capt|Col|Lt|No|vs|etc|[A-Z])\. /g, '$1\u0001 ')
    .split(/(?<=[.!?]["”’')\]]?) (?=["“‘'([]?[A-Z])/)
    .map((sentence) => sentence.replaceAll('\u0001', '.').trim())
}

/** Plain quotes and dashes, no brackets, no stray marks. */
export function clean(text: string): string {
  return text
    .replace(/[“”„]/g, '"')
    .replace(/[‘’`]/g, "'")
    .replace(/\s*(--+|—|–)\s*/g, ' - ')
    .replace(/\s*\([^)]*\)|\s*\[[^\]]*\]|\*|_/g, '')
    .replace(/\s+([,.;:!?])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Complete, neither very short nor very long, of words that most people know. */
export function isGood(sentence: string, known: (word: string) => boolean, shortest = 4, longest = 48): boolean {
  const words = wordsOf(sentence)
  if (words.length < shortest || words.length > longest) return false
  if (/[^\x20-\x7e]|\d{5,}|[A-Z]{3,}|[$#@<>|=/\\{}]/.test(sentence)) return false
  if ((sentence.match(/"/g) ?? []).length % 2 === 1) return false
  return words.filter((word) => !known(word)).length <= words.length * 0.12
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+(?:'[a-z]+)?/g) ?? []
}

/** For comparing texts: words alone. */
export function essence(text: string): string {
  return wordsOf(text).join(' ')
}
