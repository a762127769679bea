// JavaScript cannot overload its operators, so what would be lost in tracing is refused, with the way to write it.
import { type MaskFunction, masks } from 'regard'

const wrong: MaskFunction[] = [
  (_b, _h, i, j) => i.le(j) && j.le(9),
  (_b, _h, i) => !i.le(3),
  (_b, h, i, j) => (h.eq(0) ? i.le(j) : j.le(i)),
]
for (const mask of wrong)
  try {
    masks.from(mask)
  } catch (error) {
    console.log((error as Error).message)
  }

// prints
//   masks.from: in `(_b, _h, i, j) => i.le(j) && j.le(9)` — `&&` is not traced; write a.and(b)
//   masks.from: in `(_b, _h, i) => !i.le(3)` — `!` is not traced; write condition.not()
//   masks.from: in `(_b, h, i, j) => (h.eq(0) ? i.le(j) : j.le(i))` — `?:` is not traced; write condition.where(a, b)
