/**
 * Text that remembers where it came from. Normalising changes characters, drops some and adds others; every UTF-16 unit of the
 * result keeps the range of the original text that it stands for, by the rules of the Rust crate `tokenizers`, so that offsets
 * are the same to the unit.
 */

/**
 * One character of a rewriting, and how it changes the text: 0, it takes the place of the next character; 1, it is added after the
 * one before and stands for the same original (at the very beginning: for nothing); −n, it takes the place of the next character,
 * and n more after that are dropped.
 */
export interface Rewritten {
  readonly character: string
  readonly change: number
}

/** A normaliser may make a text this many times longer, and no longer: the longest decomposition of one character has 18. */
const GROWTH = 64
const SHORTEST_ROOM = 4096

export class Aligned {
  readonly text: string
  /** How long this text may become. */
  readonly room: number
  /** Unit n of `text` stands for original[from[at + n], to[at + n]). Slices share these lists. */
  readonly #from: Int32Array
  readonly #to: Int32Array
  readonly #at: number

  constructor(text: string, from: Int32Array, to: Int32Array, at: number, room: number) {
    this.text = text
    this.#from = from
    this.#to = to
    this.#at = at
    this.room = room
  }

  /** The original itself. A lone surrogate cannot be written in UTF-8; like every encoder, this reads it as U+FFFD. */
  static of(original: string): Aligned {
    const text = original.toWellFormed()
    const [from, to] = [new Int32Array(text.length), new Int32Array(text.length)]
    for (let at = 0; at < text.length; ) {
      const end = at + widthAt(text, at)
      for (let unit = at; unit < end; unit++) {
        from[unit] = at
        to[unit] = end
      }
      at = end
    }
    return new Aligned(text, from, to, 0, GROWTH * text.length + SHORTEST_ROOM)
  }

  /** Where in the original the text begins. */
  get start(): number {
    return this.#from[this.#at] ?? 0
  }

  slice(start: number, end: number): Aligned {
    if (start === 0 && end === this.text.length) return this
    return new Aligned(this.text.slice(start, end), this.#from, this.#to, this.#at + start, this.room)
  }

  /** The range of the original that units [start, end) stand for. */
  original(start: number, end: number): [number, number] {
    return [this.#from[this.#at + start]!, this.#to[this.#at + end - 1]!]
  }

  /** The same ranges with other characters of the same width. */
  respelled(text: string): Aligned {
    return new Aligned(text, this.#from, this.#to, this.#at, this.room)
  }

  /** Keeps the characters that `keep` says yes to. */
  filter(keep: (character: string) => boolean): Aligned {
    const made = new Builder(this)
    let at = 0
    for (const character of this.text) {
      if (keep(character)) made.add(character, at)
      at += character.length
    }
    return made.done()
  }

  /** A rewriting of the whole text. */
  rewrite(characters: Iterable<Rewritten>): Aligned {
    const made = new Builder(this)
    let at = 0
    for (const { character, change } of characters) {
      made.add(character, change > 0 ? at - 1 : at)
      for (let taken = 0; taken <= -change && at < this.text.length; taken++) at += widthAt(this.text, at)
    }
    return made.done()
  }

  /** `matches` holds start, end, start, end …; what stands there becomes `content`, which stands for the character before its end. */
  replace(matches: readonly number[], content: string): Aligned {
    if (matches.length === 0) return this
    const made = new Builder(this)
    let done = 0
    for (let n = 0; n < matches.length; n += 2) {
      made.copy(done, matches[n]!)
      done = matches[n + 1]!
      made.add(content, done - 1)
    }
    made.copy(done, this.text.length)
    return made.done()
  }

  /** `content` before the text, standing for its first character. Nothing is put before nothing. */
  prepend(content: string): Aligned {
    if (this.text === '') return this
    const made = new Builder(this)
    made.add(content, 0)
    made.copy(0, this.text.length)
    return made.done()
  }

  /** Writes the ranges of units [start, end) into two lists, from `at` on. */
  copyRanges(start: number, end: number, from: Int32Array, to: Int32Array, at: number): void {
    for (let n = this.#at + start, last = this.#at + end, out = at; n < last; n++, out++) {
      from[out] = this.#from[n]!
      to[out] = this.#to[n]!
    }
  }
}

/** How many units the character at `at` has. */
export function widthAt(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1
}

class Builder {
  readonly #source: Aligned
  readonly #parts: string[] = []
  #from: Int32Array
  #to: Int32Array
  #length = 0

  constructor(source: Aligned) {
    this.#source = source
    this.#from = new Int32Array(source.text.length + 4)
    this.#to = new Int32Array(source.text.length + 4)
  }

  /** `text`, all of it standing for unit `at` of the source; −1 stands for nothing. */
  add(text: string, at: number): void {
    this.#reserve(text.length)
    const source = this.#source
    const [from, to] = at < 0 || at >= source.text.length ? [source.start, source.start] : source.original(at, at + 1)
    for (let unit = 0; unit < text.length; unit++) {
      this.#from[this.#length] = from
      this.#to[this.#length++] = to
    }
    this.#parts.push(text)
  }

  /** Units [start, end) of the source. */
  copy(start: number, end: number): void {
    this.#reserve(end - start)
    this.#source.copyRanges(start, end, this.#from, this.#to, this.#length)
    this.#length += end - start
    this.#parts.push(this.#source.text.slice(start, end))
  }

  done(): Aligned {
    return new Aligned(this.#parts.join(''), this.#from, this.#to, 0, this.#source.room)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed > this.#source.room)
      throw new Error(`tokenizer: a normalizer makes the text more than ${GROWTH} times longer; its tokenizer.json is broken`)
    if (needed <= this.#from.length) return
    this.#from = grown(this.#from, needed)
    this.#to = grown(this.#to, needed)
  }
}

function grown(list: Int32Array, needed: number): Int32Array {
  const made = new Int32Array(Math.max(needed, 2 * list.length))
  made.set(list)
  return made
}
