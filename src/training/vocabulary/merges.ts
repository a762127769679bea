/** Byte-pair encoding learned from counted words (Sennrich et al. 2016): the most frequent pair of neighbours becomes one piece, again and again. */

export type Merge = readonly [left: string, right: string]

interface Word {
  pieces: string[]
  readonly count: number
}

/**
 * The first `count` merges. `words`: each spelled in characters, with how often it occurs. Of pairs that are equally frequent the one that
 * comes first in the order of code units is taken, so that the same words give the same merges. Pairs seen less than twice are left alone.
 */
export function learnMerges(words: ReadonlyMap<string, number>, count: number): Merge[] {
  const all: Word[] = [...words].map(([word, times]) => ({ pieces: [...word], count: times }))
  const pairs = new Pairs()
  for (const [n, word] of all.entries()) pairs.enter(word, n, 1)
  const merges: Merge[] = []
  while (merges.length < count) {
    const best = pairs.best()
    if (!best) break
    merges.push(best)
    for (const n of pairs.wordsOf(best)) {
      const word = all[n]!
      pairs.enter(word, n, -1)
      word.pieces = joined(word.pieces, best)
      pairs.enter(word, n, 1)
    }
  }
  return merges
}

/** Pieces hold no space: the bytes of text are written without it. */
const keyOf = (left: string, right: string): string => `${left} ${right}`

class Pairs {
  readonly #counts = new Map<string, number>()
  readonly #words = new Map<string, Set<number>>()
  /** Pairs by count, highest first, as they were when they were put in: stale entries are skipped. */
  readonly #queue = new Queue()

  /** Counts the pairs of a word in (+1) or out (−1). */
  enter({ pieces, count }: Word, n: number, sign: 1 | -1): void {
    for (let at = 0; at + 1 < pieces.length; at++) {
      const key = keyOf(pieces[at]!, pieces[at + 1]!)
      const total = (this.#counts.get(key) ?? 0) + sign * count
      this.#counts.set(key, total)
      const words = this.#words.get(key)
      if (sign > 0) {
        if (words) words.add(n)
        else this.#words.set(key, new Set([n]))
        this.#queue.push(key, total)
      } else words?.delete(n)
    }
  }

  wordsOf([left, right]: Merge): readonly number[] {
    return [...(this.#words.get(keyOf(left, right)) ?? [])].sort((a, b) => a - b)
  }

  best(): Merge | undefined {
    for (let top = this.#queue.pop(); top; top = this.#queue.pop()) {
      const now = this.#counts.get(top.key) ?? 0
      if (now === top.count) return now < 2 ? undefined : (top.key.split(' ') as [string, string])
      if (now > 0 && now < top.count) this.#queue.push(top.key, now)
    }
    return undefined
  }
}

interface Entry {
  readonly key: string
  readonly count: number
}

/** A binary heap: the highest count first, then the smallest key. */
class Queue {
  readonly #heap: Entry[] = []

  push(key: string, count: number): void {
    const heap = this.#heap
    let at = heap.push({ key, count }) - 1
    for (let up = (at - 1) >> 1; at > 0 && before(heap[at]!, heap[up]!); up = (at - 1) >> 1) {
      ;[heap[at], heap[up]] = [heap[up]!, heap[at]!]
      at = up
    }
  }

  pop(): Entry | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (!top || !last || heap.length === 0) return top
    heap[0] = last
    for (let at = 0; ; ) {
      const child = 2 * at + 1
      const least = child + 1 < heap.length && before(heap[child + 1]!, heap[child]!) ? child + 1 : child
      if (least >= heap.length || !before(heap[least]!, heap[at]!)) return top
      ;[heap[at], heap[least]] = [heap[least]!, heap[at]!]
      at = least
    }
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key)
}

function joined(pieces: readonly string[], [left, right]: Merge): string[] {
  const made: string[] = []
  for (let at = 0; at < pieces.length; at++) {
    if (pieces[at] === left && pieces[at + 1] === right) {
      made.push(left + right)
      at++
    } else made.push(pieces[at]!)
  }
  return made
}
