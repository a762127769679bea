/** Shapes and strides, counted in elements. Row-major; the last axis moves fastest. */

export type Shape = readonly number[]

export function sizeOf(shape: Shape): number {
  let n = 1
  for (const d of shape) n *= d
  return n
}

export function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]!
  }
  return strides
}

/** Do these strides walk memory in row-major order without holes? Axes of length 1 (and empty tensors) may have any stride. */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const d = shape[axis]!
    if (d === 0) return true
    if (d !== 1 && strides[axis] !== step) return false
    step *= d
  }
  return true
}

export function show(shape: Shape): string {
  return `[${shape.join(',')}]`
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, axis) => d === b[axis])
}

/** Throws unless every dimension is an integer ≥ 0 and the size stays exact. */
export function checkShape(operation: string, shape: Shape): void {
  for (const d of shape)
    if (!Number.isInteger(d) || d < 0)
      throw new RangeError(`${operation}: every dimension must be an integer ≥ 0, got shape ${show(shape)}`)
  if (!Number.isSafeInteger(sizeOf(shape)))
    throw new RangeError(`${operation}: shape ${show(shape)} has too many elements to count`)
}

/** The shape that `a` and `b` broadcast to, aligned at the last axis; throws with both sides named. */
export function broadcast(operation: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length)
  const out = new Array<number>(rank)
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1
    const y = b[axis - rank + b.length] ?? 1
    if (x !== y && x !== 1 && y !== 1)
      throw new RangeError(`${operation}: shapes ${show(a)} and ${show(b)} do not broadcast together`)
    out[axis] = x === 1 ? y : x
  }
  return out
}

/** Strides that read a tensor of `shape` as if it had been broadcast to `target`: 0 along stretched axes. */
export function broadcastStrides(shape: Shape, strides: readonly number[], target: Shape): number[] {
  const lead = target.length - shape.length
  return target.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : strides[axis - lead]!))
}
