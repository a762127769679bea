// Token by token with a cache: each step computes one row, and the numbers are those of the whole text.
import { attention, init, KeyValueCache, slice, tensor } from 'regard'

await init()
const text = tensor(
  Float32Array.from({ length: 6 * 4 }, (_, n) => Math.sin(n)),
  [1, 1, 6, 4],
)
const whole = await attention(text, text, text, { causal: true }).output.read()
const cache = new KeyValueCache()
for (let t = 0; t < 6; t++) {
  const token = slice(text, 2, t, t + 1)
  const { k, v, offset } = cache.append(token, token)
  const row = await attention(token, k, v, { causal: true, offset }).output.read()
  console.log(
    'token',
    t,
    'sees',
    cache.length,
    'keys; off by less than 1e-6:',
    row.every((x, d) => Math.abs(x - whole[4 * t + d]!) < 1e-6),
  )
}
cache.dispose()

// prints
//   token 0 sees 1 keys; off by less than 1e-6: true
//   token 1 sees 2 keys; off by less than 1e-6: true
//   token 2 sees 3 keys; off by less than 1e-6: true
//   token 3 sees 4 keys; off by less than 1e-6: true
//   token 4 sees 5 keys; off by less than 1e-6: true
//   token 5 sees 6 keys; off by less than 1e-6: true
