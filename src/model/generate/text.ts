/** From ids to text as they come: what is still half a character, or could become a stop word, waits. */

/** What turns ids into text. */
export interface Decoder {
  decode(ids: readonly number[]): string
}

/** Stands for bytes that make no character, or not yet. */
const BROKEN = '\uFFFD'

export class TextStream {
  readonly #decoder: Decoder | undefined
  readonly #stops: readonly string[]
  readonly #ids: number[]
  /** Ids before `from` are done with; the text of those from there to `known` has been counted. */
  #from: number
  #known: number
  /** Text that waits. */
  #waiting = ''

  /** `before`: the ids in front of the first new one: some tokens begin otherwise after others. */
  constructor(decoder: Decoder | undefined, stops: readonly string[], before: readonly number[]) {
    this.#decoder = decoder
    this.#stops = stops
    this.#ids = before.slice(-8)
    this.#from = 0
    this.#known = this.#ids.length
  }

  /** Takes the next id. → the text that is certain now, and whether it ends with what would be a stop word. */
  push(id: number): { text: string; stopped: boolean } {
    this.#ids.push(id)
    this.#waiting += this.#more()
    const ends = this.#stops.map((stop) => this.#waiting.indexOf(stop)).filter((at) => at >= 0)
    if (ends.length > 0) return { text: this.#release(Math.min(...ends)), stopped: true }
    return { text: this.#release(this.#waiting.length - this.#suspicious()), stopped: false }
  }

  /** What waits, when nothing more comes. */
  rest(): string {
    return this.#release(this.#waiting.length) + (this.#decoder ? this.#tail() : '')
  }

  #more(): string {
    if (!this.#decoder) return ''
    const text = this.#tail()
    if (text.endsWith(BROKEN)) return ''
    this.#from = this.#known
    this.#known = this.#ids.length
    return text
  }

  /** The text of all ids that were not counted yet. */
  #tail(): string {
    const before = this.#decoder!.decode(this.#ids.slice(this.#from, this.#known))
    return this.#decoder!.decode(this.#ids.slice(this.#from)).slice(before.length)
  }

  #release(count: number): string {
    const text = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    return text
  }

  /** How much of the end could be the beginning of a stop word. */
  #suspicious(): number {
    let most = 0
    for (const stop of this.#stops)
      for (let n = Math.min(stop.length - 1, this.#waiting.length); n > most; n--)
        if (this.#waiting.endsWith(stop.slice(0, n))) most = n
    return most
  }
}
