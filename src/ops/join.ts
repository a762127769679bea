/** Several tensors in one. */

import { scope, show, type Tensor } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { axisOf, sameDtype } from './operands.ts'
import { reshape } from './views.ts'

/** One after another along an axis. All else must agree. */
export function concat(list: readonly Tensor[], axis = 0): Tensor {
  return joined('concat', list, axis)
}

/** Along a new axis. */
export function stack(list: readonly Tensor[], axis = 0): Tensor {
  const first = firstOf('stack', list)
  if (list.some((x) => show(x.shape) !== show(first.shape)))
    throw new RangeError(`stack: shapes must be equal, got ${list.map((x) => show(x.shape)).join(' and ')}`)
  const at = axisOf('stack', axis, [...first.shape, 1])
  using s = scope()
  const thin = list.map((x) => reshape(x, x.shape.toSpliced(at, 0, 1)))
  return s.keep(joined('stack', thin, at))
}

function joined(operation: string, list: readonly Tensor[], axis: number): Tensor {
  const first = firstOf(operation, list)
  const along = axisOf(operation, axis, first.shape)
  const dtype = sameDtype(operation, list)
  for (const x of list)
    if (x.rank !== first.rank || x.shape.some((d, n) => n !== along && d !== first.shape[n]))
      throw new RangeError(
        `${operation}: shapes may differ along axis ${axis} alone, got ${show(first.shape)} and ${show(x.shape)}`,
      )
  const lengths = list.map((x) => x.shape[along]!)
  const shape = first.shape.with(
    along,
    lengths.reduce((sum, n) => sum + n),
  )
  const [out] = apply('concat', list, [{ shape, dtype }], { axis: along }, ({ copy }, [y]) => {
    const whole = y!.view(operation)
    let at = 0
    list.forEach((x, n) => {
      const part = { ...whole, shape: x.shape, offset: at * whole.strides[along]! }
      if (x.size > 0) copy(x.view(operation), part)
      at += lengths[n]!
    })
  })
  return out!
}

function firstOf(operation: string, list: readonly Tensor[]): Tensor {
  if (!list[0]) throw new RangeError(`${operation}: needs at least one tensor, got an empty list`)
  return list[0]
}
