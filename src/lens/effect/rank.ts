/**
 * Do two lists put the same things in the same order? Both figures run from −1 (opposite order) over 0 to 1 (same order), and are
 * undefined where they have no meaning: fewer than two entries, or a list whose entries are all equal.
 */

type Numbers = ArrayLike<number>

/** How well two measurements of the same things agree on their order. */
export interface RankAgreement {
  /** Over how many things. */
  readonly count: number
  readonly spearman: number | undefined
  readonly kendall: number | undefined
}

export function rankAgreement(a: Numbers, b: Numbers): RankAgreement {
  return { count: a.length, spearman: spearman(a, b), kendall: kendall(a, b) }
}

/** Ranks from 1, the smallest first; equal numbers share the mean of the places they take. */
export function ranks(numbers: Numbers): Float64Array {
  const order = orderOf(numbers)
  const out = new Float64Array(numbers.length)
  for (const [from, to] of ties(order, (n) => numbers[n]!))
    for (let place = from; place < to; place++) out[order[place]!] = (from + to + 1) / 2
  return out
}

/** Pearson's correlation of the ranks. */
export function spearman(a: Numbers, b: Numbers): number | undefined {
  check('spearman', a, b)
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length + 1) / 2
  let [xy, xx, yy] = [0, 0, 0]
  for (let n = 0; n < x.length; n++) {
    const [dx, dy] = [x[n]! - middle, y[n]! - middle]
    xy += dx * dy
    xx += dx * dx
    yy += dy * dy
  }
  return xx === 0 || yy === 0 ? undefined : xy / Math.sqrt(xx * yy)
}

/**
 * Kendall's τ-b: (pairs in the same order − pairs in opposite order) / √((pairs not tied in a) · (pairs not tied in b)). Pairs in opposite
 * order are counted while sorting (Knight 1966), in n · log n.
 */
export function kendall(a: Numbers, b: Numbers): number | undefined {
  check('kendall', a, b)
  const order = orderOf(a, b)
  const along = Float64Array.from(order, (n) => b[n]!)
  const all = pairs(a.length)
  const tiedA = tiedPairs(order, (n) => a[n]!)
  const tiedBoth = tiedPairs(order, (n) => a[n]!, b)
  const opposite = inversions(along)
  const tiedB = tiedPairs(along, (value) => value)
  const same = all - tiedA - tiedB + tiedBoth - opposite
  const untied = (all - tiedA) * (all - tiedB)
  return untied === 0 ? undefined : (same - opposite) / Math.sqrt(untied)
}

const pairs = (n: number): number => (n * (n - 1)) / 2

/** Indices in rising order of `a`, then of `b`. */
function orderOf(a: Numbers, b: Numbers = a): Uint32Array {
  return Uint32Array.from({ length: a.length }, (_, n) => n).sort((m, n) => a[m]! - a[n]! || b[m]! - b[n]!)
}

/** Stretches of equal keys in a sorted list, as [from, to). */
function* ties(sorted: Numbers, key: (entry: number) => number): Generator<[from: number, to: number]> {
  for (let from = 0, to = 1; from < sorted.length; from = to, to++) {
    while (to < sorted.length && key(sorted[to]!) === key(sorted[from]!)) to++
    yield [from, to]
  }
}

/** Pairs with equal keys; with `second`, those equal in it as well. */
function tiedPairs(sorted: Numbers, key: (entry: number) => number, second?: Numbers): number {
  let count = 0
  for (const [from, to] of ties(sorted, key)) {
    if (!second) count += pairs(to - from)
    else {
      const inner = Array.from({ length: to - from }, (_, n) => second[sorted[from + n]!]!)
      for (const [first, last] of ties(inner, (value) => value)) count += pairs(last - first)
    }
  }
  return count
}

/** Sorts the list and says how many pairs stood in the wrong order. */
function inversions(list: Float64Array, spare = new Float64Array(list.length)): number {
  if (list.length < 2) return 0
  const middle = list.length >> 1
  const [left, right] = [list.subarray(0, middle), list.subarray(middle)]
  let count = inversions(left, spare.subarray(0, middle)) + inversions(right, spare.subarray(middle))
  for (let n = 0, l = 0, r = 0; n < list.length; n++) {
    const takesRight = l === left.length || (r < right.length && right[r]! < left[l]!)
    if (takesRight) count += left.length - l
    spare[n] = takesRight ? right[r++]! : left[l++]!
  }
  list.set(spare.subarray(0, list.length))
  return count
}

function check(name: string, a: Numbers, b: Numbers): void {
  if (a.length !== b.length) throw new RangeError(`${name}: both lists must be equally long, got ${a.length} and ${b.length}`)
  for (const list of [a, b])
    for (let n = 0; n < list.length; n++)
      if (Number.isNaN(list[n])) throw new RangeError(`${name}: entry ${n} is NaN, which has no rank`)
}
