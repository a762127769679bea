// Linear attention with the gated delta rule: a state of fixed size instead of a growing matrix. A text can be continued from its state.
import { full, init, linearAttention, slice, tensor } from 'regard'

await init()
const x = tensor(
  Float32Array.from({ length: 6 * 4 }, (_, n) => Math.sin(n)),
  [1, 1, 6, 4],
)
const options = { decay: full([1, 1, 6], -0.1), beta: full([1, 1, 6], 0.5) }
const whole = linearAttention(x, x, x, options)
const part = (from: number, to: number, state?: typeof whole.state) => {
  const cut = slice(x, 2, from, to)
  return linearAttention(cut, cut, cut, { decay: full([1, 1, to - from], -0.1), beta: full([1, 1, to - from], 0.5), state })
}
const [end, again] = [await whole.state.read(), await part(4, 6, part(0, 4).state).state.read()]
console.log('state', whole.state.shape, 'the same in two parts:', end.join() === again.join())

// prints
//   state [ 1, 1, 4, 4 ] the same in two parts: true
