/** From ids to text as they come: what is still half a character, or could become a stop word, waits. */

import type { DecodeStream } from '../tokenizer/decode-stream.ts'

/** How much of the text before is decoded along: some tokens read otherwise at the beginning of a text. */
export const CONTEXT = 8

export class TextStream {
  readonly #stream: DecodeStream | undefined
  readonly #stops: readonly string[]
  /** Text that waits. */
  #waiting = ''

  /** `before`: the ids in front of the first new one. Without a stream there is no text. */
  constructor(stream: DecodeStream | undefined, stops: readonly string[], before: readonly number[]) {
    this.#stream = stream
    this.#stops = stops
    stream?.push(before.slice(-CONTEXT))
  }

  /** Takes the next id. → the text that is certain now, and whether what comes next would be a stop word. */
  push(id: number): { text: string; stopped: boolean } {
    this.#waiting += this.#stream?.push(id) ?? ''
    return this.#scan()
  }

  /** What waits, when nothing more comes. */
  rest(): string {
    this.#waiting += this.#stream?.end() ?? ''
    const { text, stopped } = this.#scan()
    return stopped ? text : text + this.#release(this.#waiting.length)
  }

  #scan(): { text: string; stopped: boolean } {
    const ends = this.#stops.map((stop) => this.#waiting.indexOf(stop)).filter((at) => at >= 0)
    if (ends.length > 0) return { text: this.#release(Math.min(...ends)), stopped: true }
    return { text: this.#release(this.#waiting.length - this.#suspicious()), stopped: false }
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
