/** The alphabet of byte-level vocabularies (GPT-2): each of the 256 bytes is written as one visible character. */

const PRINTABLE = /[!-~¡-¬®-ÿ]/

/** Byte → character: a printable Latin-1 character stands for itself, the others take U+0100 and on. */
export const CHARACTERS: readonly string[] = alphabet()
const BYTES: ReadonlyMap<string, number> = new Map(CHARACTERS.map((character, byte) => [character, byte]))

function alphabet(): string[] {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => {
    const itself = String.fromCharCode(byte)
    return PRINTABLE.test(itself) ? itself : String.fromCharCode(next++)
  })
}

const encoder = new TextEncoder()

/** What a character's UTF-8 bytes are written as. */
export function byteCharacters(character: string): string {
  if (character < '\x80') return CHARACTERS[character.charCodeAt(0)]!
  let made = ''
  for (const byte of encoder.encode(character)) made += CHARACTERS[byte]!
  return made
}

/** The bytes that a token stands for; a token with any other character stands for its own UTF-8. */
export function bytesOf(token: string): number[] | Uint8Array {
  const made: number[] = []
  for (const character of token) {
    const byte = BYTES.get(character)
    if (byte === undefined) return encoder.encode(token)
    made.push(byte)
  }
  return made
}

/** How a byte-level token writes a space. */
export const SPACE = CHARACTERS[0x20]!
