/** What counting can foresee: a Witten–Bell n-gram, the yardstick of a small language model (Chen & Goodman 1999, §2.6). */

export class NGram {
  readonly order: number
  readonly #vocabulary: number
  /** Context → how often it was seen, and what followed it how often. */
  readonly #seen = new Map<string, { total: number; readonly next: Map<number, number> }>()

  constructor(rows: Iterable<readonly number[]>, { order, vocabulary }: { order: number; vocabulary: number }) {
    this.order = order
    this.#vocabulary = vocabulary
    for (const row of rows)
      for (let at = 0; at < row.length; at++)
        for (let back = 0; back < order && back <= at; back++) this.#count(row.slice(at - back, at), row[at]!)
  }

  #count(context: readonly number[], next: number): void {
    const key = context.join(' ')
    const seen = this.#seen.get(key) ?? { total: 0, next: new Map<number, number>() }
    this.#seen.set(key, seen)
    seen.total++
    seen.next.set(next, (seen.next.get(next) ?? 0) + 1)
  }

  /** p(next | context) = (c(context, next) + kinds · p(next | shorter context)) / (c(context) + kinds); kinds: how many different words followed. */
  probability(context: readonly number[], next: number): number {
    let p = 1 / this.#vocabulary
    for (let length = 0; length < this.order && length <= context.length; length++) {
      const seen = this.#seen.get(context.slice(context.length - length).join(' '))
      if (!seen) break
      p = ((seen.next.get(next) ?? 0) + seen.next.size * p) / (seen.total + seen.next.size)
    }
    return p
  }

  /** exp of the mean of −log p over all tokens but each row's first, which a model is given. */
  perplexity(rows: Iterable<readonly number[]>): number {
    let total = 0
    let count = 0
    for (const row of rows)
      for (let at = 1; at < row.length; at++) {
        total -= Math.log(this.probability(row.slice(Math.max(0, at - this.order + 1), at), row[at]!))
        count++
      }
    return Math.exp(total / count)
  }
}
