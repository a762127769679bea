/** Writing into a cache that stays where it is. */

import { backendOf } from '../backend/index.ts'
import { show, type Tensor } from '../tensor/index.ts'

export interface ScatterOptions {
  /** Positions wrap around at the end of the cache instead of being refused. Default false. */
  circular?: boolean | undefined
}

/**
 * Writes update [B, …, n, D] into cache [B, …, S, D], in place: entry b at positions at[b] … at[b] + n − 1 (modulo S if circular).
 * Operations called earlier still read the old numbers, later ones the new. Tapes do not follow it.
 */
export function scatter(cache: Tensor, update: Tensor, at: readonly number[], { circular = false }: ScatterOptions = {}): void {
  const [B, S, n] = [cache.shape[0]!, cache.shape.at(-2)!, update.shape.at(-2)!]
  check(cache, update, at, circular)
  const { kernels } = backendOf('scatter', [cache, update])
  const [to, from] = [cache.view('scatter'), update.view('scatter')]
  const axis = cache.rank - 2
  const write = (b: number, target: number, source: number, length: number): void => {
    if (length === 0 || update.size === 0) return
    const shape = update.shape.with(0, 1).with(axis, length)
    const part = (view: typeof to, position: number): typeof to => ({
      ...view,
      shape,
      offset: view.offset + b * view.strides[0]! + position * view.strides[axis]!,
    })
    kernels.copy(part(from, source), part(to, target))
  }
  for (let b = 0; b < B; b++) {
    const start = circular ? at[b]! % S : at[b]!
    const first = Math.min(n, S - start)
    write(b, start, 0, first)
    write(b, 0, first, n - first)
  }
}

function check(cache: Tensor, update: Tensor, at: readonly number[], circular: boolean): void {
  const shapes = () => `got cache=${show(cache.shape)} update=${show(update.shape)}`
  const axis = cache.rank - 2
  const agree = cache.rank >= 3 && update.rank === cache.rank && cache.shape.every((d, n) => n === axis || d === update.shape[n])
  if (!agree)
    throw new RangeError(`scatter: cache [B, …, S, D] and update [B, …, n, D] may differ in their positions alone, ${shapes()}`)
  if (cache.tape || update.tape)
    throw new TypeError('scatter: writing in place cannot be followed by a tape; use concat where gradients are wanted')
  const [S, n] = [cache.shape[axis]!, update.shape[axis]!]
  if (n > S) throw new RangeError(`scatter: ${n} new positions do not fit in a cache of ${S}, ${shapes()}`)
  if (at.length !== cache.shape[0])
    throw new RangeError(`scatter: one write position per batch entry is needed, got ${at.length} for B=${cache.shape[0]}`)
  for (const position of at)
    if (!Number.isInteger(position) || position < 0 || (!circular && position + n > S))
      throw new RangeError(
        `scatter: ${n} positions from ${position} on do not lie in a cache of ${S}${circular ? '' : '; pass { circular: true } to wrap around'}`,
      )
}
