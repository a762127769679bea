/** What counting can foresee: a Witten–Bell n-gram, the yardstick of a small language model (Chen & Goodman 1999, §2.6). */

interface NGramOptions {
  readonly order: number
  readonly vocabulary: number
  readonly asked?: readonly (readonly number[])[]
}

interface Followed {
  total: number
  readonly next: Map<number, number>
}

const nothingYet = (): Followed => ({ total: 0, next: new Map() })

/** Every id followed by a space. */
const keyOf = (context: readonly number[]): string => context.map((id) => `${id} `).join('')

/** What stands before the places of a row: nothing, the last id, the last two, … */
function* contexts(row: readonly number[], order: number): Generator<string> {
  for (let at = 0; at < row.length; at++)
    for (let back = 0; back < order && back <= at; back++) yield keyOf(row.slice(at - back, at))
}

export class NGram {
  readonly order: number
  readonly #vocabulary: number
  /** Context → how often it was seen, and what followed it how often. */
  readonly #seen = new Map<string, Followed>()

  /** `asked`: it will be asked about these rows alone, so nothing else is counted; without it, about anything. */
  constructor(rows: Iterable<readonly number[]>, { order, vocabulary, asked }: NGramOptions) {
    this.order = order
    this.#vocabulary = vocabulary
    if (asked) for (const row of asked) for (const key of contexts(row, order)) this.#seen.set(key, nothingYet())
    for (const row of rows) this.#count(row, asked === undefined)
  }

  /** `all`: also contexts that are not in the table yet. A context is in it only if its own end is. */
  #count(row: readonly number[], all: boolean): void {
    for (let at = 0; at < row.length; at++) {
      let key = ''
      for (let back = 0; back < this.order && back <= at; back++) {
        if (back > 0) key = `${row[at - back]} ${key}`
        let seen = this.#seen.get(key)
        if (!seen) {
          if (!all) break
          seen = nothingYet()
          this.#seen.set(key, seen)
        }
        seen.total++
        seen.next.set(row[at]!, (seen.next.get(row[at]!) ?? 0) + 1)
      }
    }
  }

  /** p(next | context) = (c(context, next) + kinds · p(next | shorter context)) / (c(context) + kinds); kinds: how many different words followed. */
  probability(context: readonly number[], next: number): number {
    let p = 1 / this.#vocabulary
    for (let length = 0; length < this.order && length <= context.length; length++) {
      const seen = this.#seen.get(keyOf(context.slice(context.length - length)))
      if (!seen || seen.total === 0) break
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
