/**
 * A trie of strings by UTF-16 units, in flat arrays: the children of a node stand next to each other, ordered by their unit. Made
 * once, level by level, from the sorted strings.
 */

export class Trie {
  /** The children of node n are `#first[n]` to `#first[n + 1]`; each was reached by its unit, and may end a string. */
  readonly #first: Int32Array
  readonly #unit: Uint16Array
  readonly #value: Int32Array
  /** Child of the root by unit: most searches end here. */
  readonly #roots = new Int32Array(0x10000)

  /** The value of a string that stands twice is the later one. The empty string is left out. */
  constructor(entries: Iterable<readonly [string, number]>) {
    const sorted = [...new Map(entries)].filter(([text]) => text !== '').sort(([a], [b]) => (a < b ? -1 : 1))
    const most = 1 + sorted.reduce((sum, [text]) => sum + text.length, 0)
    this.#first = new Int32Array(most + 1)
    this.#unit = new Uint16Array(most)
    this.#value = new Int32Array(most).fill(-1)
    this.#build(sorted)
    for (let child = this.#first[0]!; child < this.#first[1]!; child++) this.#roots[this.#unit[child]!] = child
  }

  /** A walk starts here; `step` leads on. */
  static readonly ROOT = 0

  /** The node after one more unit; 0 if no string goes on so. */
  step(node: number, unit: number): number {
    if (node === Trie.ROOT) return this.#roots[unit]!
    let low = this.#first[node]!
    let high = this.#first[node + 1]! - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.#unit[middle]!
      if (found === unit) return middle
      if (found < unit) low = middle + 1
      else high = middle - 1
    }
    return 0
  }

  /** The value of the string that ends at a node; −1 if none does. */
  value(node: number): number {
    return this.#value[node]!
  }

  /** The longest string that `text` holds from `at` on. */
  longest(text: string, at: number): { value: number; end: number } | undefined {
    let [value, end] = [-1, at]
    let node = Trie.ROOT
    for (let next = at; next < text.length; ) {
      node = this.step(node, text.charCodeAt(next++))
      if (node === 0) break
      if (this.#value[node]! >= 0) [value, end] = [this.#value[node]!, next]
    }
    return value < 0 ? undefined : { value, end }
  }

  /** Node by node in the order they are numbered: each stands for a range of the sorted strings that begin alike. */
  #build(sorted: readonly (readonly [string, number])[]): void {
    let level: [from: number, to: number][] = [[0, sorted.length]]
    let nodes = 1
    let node = 0
    for (let depth = 0; level.length > 0; depth++) {
      const below: [number, number][] = []
      for (const [from, to] of level) {
        this.#first[node++] = nodes
        for (let at = from; at < to; ) {
          const text = sorted[at]![0]
          if (text.length === depth) {
            this.#value[node - 1] = sorted[at++]![1]
            continue
          }
          const unit = text.charCodeAt(depth)
          const start = at
          while (at < to && sorted[at]![0].charCodeAt(depth) === unit) at++
          this.#unit[nodes++] = unit
          below.push([start, at])
        }
      }
      level = below
    }
    this.#first[node] = nodes
  }
}
