/**
 * Text that remembers where it came from. Normalising changes characters, drops some and adds others; every UTF-16 unit of the
 * result keeps the range of the original text that it stands for, by the rules of the Rust crate `tokenizers`, so that offsets
 * are the same to the unit.
 */

/** One character of a rewriting: see `Aligned.rewrite`. */
export interface Rewritten {
  readonly character: string
  readonly added: boolean
}

export class Aligned {
  readonly text: string
  /** For unit n of `text`: it stands for original[from[n], to[n]). */
  readonly from: readonly number[]
  readonly to: readonly number[]

  constructor(text: string, from: readonly number[], to: readonly number[]) {
    this.text = text
    this.from = from
    this.to = to
  }

  /** The original itself. A lone surrogate cannot be written in UTF-8; like every encoder, this reads it as U+FFFD. */
  static of(original: string): Aligned {
    const from: number[] = []
    const to: number[] = []
    let at = 0
    for (const character of original) {
      for (let unit = 0; unit < character.length; unit++) {
        from.push(at)
        to.push(at + character.length)
      }
      at += character.length
    }
    return new Aligned(original.toWellFormed(), from, to)
  }

  slice(start: number, end: number): Aligned {
    return new Aligned(this.text.slice(start, end), this.from.slice(start, end), this.to.slice(start, end))
  }

  /** The range of the original that units [start, end) stand for. */
  original(start: number, end: number): [number, number] {
    return [this.from[start]!, this.to[end - 1]!]
  }

  /** Keeps the characters that `keep` says yes to. */
  filter(keep: (character: string) => boolean): Aligned {
    const made = new Builder()
    let at = 0
    for (const character of this.text) {
      if (keep(character)) made.add(character, this.from[at]!, this.to[at]!)
      at += character.length
    }
    return made.done()
  }

  /**
   * A rewriting of the whole text, given as characters that either take the place of the next character of this text, or are
   * added after the one before and stand for the same original (at the very beginning: for nothing).
   */
  rewrite(characters: Iterable<Rewritten>): Aligned {
    const made = new Builder()
    let at = 0
    for (const { character, added } of characters) {
      const source = added ? at - 1 : at
      const nothing = this.from[0] ?? 0
      made.add(character, this.from[source] ?? nothing, this.to[source] ?? nothing)
      if (!added) at += (this.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    }
    return made.done()
  }
}

class Builder {
  #text = ''
  readonly #from: number[] = []
  readonly #to: number[] = []

  add(text: string, from: number, to: number): void {
    this.#text += text
    for (let unit = 0; unit < text.length; unit++) {
      this.#from.push(from)
      this.#to.push(to)
    }
  }

  done(): Aligned {
    return new Aligned(this.#text, this.#from, this.#to)
  }
}
