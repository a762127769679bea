/** The largest flow through a layered network, exactly: Dinic's algorithm on dense matrices. */

/**
 * Nodes (level, token), levels from the top 0 down to `layers`; each token of a level is joined to each of the next by a link that
 * carries at most `capacity[level][a·n + b]`.
 */
export class LayeredNetwork {
  readonly #capacity: readonly Float64Array[]
  readonly #n: number
  /** What a link may still carry down, and what may be taken back up. */
  readonly #left: readonly Float64Array[]
  readonly #used: readonly Float64Array[]
  /** How far a node is from the source, and which of its 2n links is to be tried next. */
  readonly #distance: Int32Array
  readonly #next: Int32Array
  readonly #queue: Int32Array

  constructor(capacity: readonly Float64Array[], n: number) {
    this.#capacity = capacity
    this.#n = n
    this.#left = capacity.map((links) => new Float64Array(links.length))
    this.#used = capacity.map((links) => new Float64Array(links.length))
    const nodes = (capacity.length + 1) * n
    this.#distance = new Int32Array(nodes)
    this.#next = new Int32Array(nodes)
    this.#queue = new Int32Array(nodes)
  }

  /** How much can flow from a token of the top level to one of the bottom. Capacities may be up to about 1: what is below 1e−14 is nothing. */
  flow(top: number, bottom: number): number {
    for (const [level, links] of this.#capacity.entries()) {
      this.#left[level]!.set(links)
      this.#used[level]!.fill(0)
    }
    const sink = this.#capacity.length * this.#n + bottom
    let total = 0
    while (this.#measure(top, sink)) {
      this.#next.fill(0)
      for (let pushed = this.#push(top, sink, Infinity); pushed > 0; pushed = this.#push(top, sink, Infinity)) total += pushed
    }
    return total
  }

  /** Distances from the source along links that can still carry; can the sink be reached? */
  #measure(source: number, sink: number): boolean {
    this.#distance.fill(-1)
    this.#distance[source] = 0
    this.#queue[0] = source
    for (let read = 0, write = 1; read < write; read++) {
      const node = this.#queue[read]!
      if (node === sink) return true
      for (let link = 0; link < 2 * this.#n; link++) {
        const to = this.#target(node, link)
        if (to < 0 || this.#distance[to]! >= 0 || this.#room(node, link) <= NOTHING) continue
        this.#distance[to] = this.#distance[node]! + 1
        this.#queue[write++] = to
      }
    }
    return false
  }

  /** One way from node to sink along which the distance grows: what it carried. */
  #push(node: number, sink: number, most: number): number {
    if (node === sink) return most
    for (; this.#next[node]! < 2 * this.#n; this.#next[node]!++) {
      const link = this.#next[node]!
      const to = this.#target(node, link)
      if (to < 0 || this.#distance[to] !== this.#distance[node]! + 1) continue
      const room = this.#room(node, link)
      if (room <= NOTHING) continue
      const pushed = this.#push(to, sink, Math.min(most, room))
      if (pushed > 0) {
        this.#carry(node, link, pushed)
        return pushed
      }
    }
    return 0
  }

  /** Links 0 … n−1 lead to the next level, n … 2n−1 back to the level before. −1: there is no such node. */
  #target(node: number, link: number): number {
    const n = this.#n
    const level = Math.floor(node / n)
    if (link < n) return level < this.#capacity.length ? (level + 1) * n + link : -1
    return level > 0 ? (level - 1) * n + (link - n) : -1
  }

  #room(node: number, link: number): number {
    const n = this.#n
    const [level, token] = [Math.floor(node / n), node % n]
    return link < n ? this.#left[level]![token * n + link]! : this.#used[level - 1]![(link - n) * n + token]!
  }

  #carry(node: number, link: number, amount: number): void {
    const n = this.#n
    const [level, token] = [Math.floor(node / n), node % n]
    const [matrix, at, sign] = link < n ? [level, token * n + link, 1] : [level - 1, (link - n) * n + token, -1]
    this.#left[matrix]![at]! -= sign * amount
    this.#used[matrix]![at]! += sign * amount
  }
}

/** Rounding leaves less than this of a link that is full. */
const NOTHING = 1e-14
