/** T5's buckets: near distances each have their own, far ones share by logarithm. */

export interface BucketOptions {
  /** How many in all. Default 32. */
  readonly buckets?: number
  /** Distances from here on share the last bucket. Default 128. */
  readonly maxDistance?: number
  /** Half of the buckets for keys after the query (encoder); false: keys after the query count as distance 0 (decoder). Default true. */
  readonly bidirectional?: boolean
}

const f = Math.fround

/** The bucket of a key at `distance` = j − i. Logarithms are rounded to float32, as in the checkpoints' own code. */
export function bucketOf(distance: number, { buckets = 32, maxDistance = 128, bidirectional = true }: BucketOptions = {}): number {
  const count = bidirectional ? buckets / 2 : buckets
  const side = bidirectional && distance > 0 ? count : 0
  const n = bidirectional ? Math.abs(distance) : Math.max(0, -distance)
  const exact = Math.floor(count / 2)
  if (n < exact) return side + n
  const far = Math.trunc(f(f(f(Math.log(f(n / exact))) / f(Math.log(maxDistance / exact))) * (count - exact)))
  return side + Math.min(count - 1, exact + far)
}

export function checkBuckets(operation: string, { buckets = 32, maxDistance = 128, bidirectional = true }: BucketOptions): void {
  if (!Number.isInteger(buckets) || buckets < 2 || (bidirectional && buckets % 2 !== 0))
    throw new RangeError(`${operation}: buckets must be an integer ≥ 2 (even in both directions), got ${buckets}`)
  if (!(maxDistance > buckets / (bidirectional ? 4 : 2)))
    throw new RangeError(
      `${operation}: maxDistance must exceed the ${buckets / (bidirectional ? 4 : 2)} distances that have a bucket each, got ${maxDistance}`,
    )
}
