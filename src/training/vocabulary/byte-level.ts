/**
 * Text as byte-level tokenizers see it: cut as GPT-2 cuts, each word with the space before it, its UTF-8 bytes written as one visible
 * character each. Every text can be written so: nothing is unknown.
 */

import { byteCharacters } from '../../model/tokenizer/bytes.ts'

const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

export function inBytes(text: string): string {
  return Array.from(text, byteCharacters).join('')
}

/** How often each word of the texts occurs, in bytes. A space is put before a text that begins without. */
export function countWords(texts: Iterable<string>): Map<string, number> {
  const plain = new Map<string, number>()
  for (const text of texts)
    for (const [word] of (text.startsWith(' ') ? text : ` ${text}`).matchAll(WORDS)) plain.set(word, (plain.get(word) ?? 0) + 1)
  return new Map([...plain].map(([word, count]) => [inBytes(word), count]))
}
