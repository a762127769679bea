// Split the keys, attend to each part, join by lse: the way to longer texts than one call should hold.
import { attention, init, merge, slice, tensor } from 'regard'

await init()
const x = tensor(
  Float32Array.from({ length: 8 * 4 }, (_, n) => Math.cos(n)),
  [1, 1, 8, 4],
)
const part = (from: number, to: number) =>
  attention(x, slice(x, 2, from, to), slice(x, 2, from, to), { causal: true, offset: -from })
const joined = await merge([part(0, 3), part(3, 8)]).output.read()
const whole = await attention(x, x, x, { causal: true }).output.read()
console.log(
  'off by less than 1e-6:',
  joined.every((y, n) => Math.abs(y - whole[n]!) < 1e-6),
)

// prints
//   off by less than 1e-6: true
