/** Which letters of a text stand where on the page, found by halving: a long text is never measured whole. */

import type { Letters } from './measure.ts'

/** The letters of an element's text, however it is cut into pieces. */
export class Lettering {
  readonly #nodes: Text[] = []
  readonly #starts: number[] = []
  readonly #range = document.createRange()
  readonly length: number

  constructor(element: HTMLElement) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    let length = 0
    for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      this.#nodes.push(node)
      this.#starts.push(length)
      length += node.length
    }
    this.length = length
  }

  /** Upper and lower edge of a letter, in pixels of the window. */
  edges(letter: number): { top: number; bottom: number } {
    const n = lastAtMost(this.#starts, letter)
    const node = this.#nodes[n]!
    const at = Math.min(node.length - 1, letter - this.#starts[n]!)
    this.#range.setStart(node, at)
    this.#range.setEnd(node, at + 1)
    return this.#range.getBoundingClientRect()
  }

  /** The letters that stand between two heights of the window; lines only go down. */
  between(top: number, bottom: number): Letters {
    return {
      from: this.#first((letter) => this.edges(letter).bottom > top),
      to: this.#first((letter) => this.edges(letter).top >= bottom),
    }
  }

  #first(holds: (letter: number) => boolean): number {
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (holds(middle)) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Of a rising list, the last place whose number is not larger. */
function lastAtMost(list: readonly number[], number: number): number {
  let [low, high] = [0, list.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (list[middle]! <= number) low = middle
    else high = middle - 1
  }
  return low
}
