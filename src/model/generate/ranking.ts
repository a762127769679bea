/** Ids in the order of their scores, as many as are asked for: a heap, so that the first of many cost little. */

/** Indices of `scores`, largest score first; equal scores in the order of their indices. NaN is not allowed. */
export function* ranking(scores: ArrayLike<number>): Generator<number> {
  const heap = Uint32Array.from({ length: scores.length }, (_, n) => n)
  const before = (a: number, b: number): boolean => scores[a]! > scores[b]! || (scores[a] === scores[b] && a < b)
  const sink = (from: number, size: number): void => {
    const id = heap[from]!
    let at = from
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, id)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = id
  }
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(at, heap.length)
  for (let size = heap.length; size > 0; ) {
    yield heap[0]!
    heap[0] = heap[--size]!
    sink(0, size)
  }
}
