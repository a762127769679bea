// StreamingLLM: the first tokens stay as sinks, the last ones slide. Keys are rotated by their place in the cache.
import { full, init, KeyValueCache, positions } from 'regard'

await init()
const cache = new KeyValueCache({ streaming: { first: 1, recent: 3 } })
const rotary = positions.rotary({ width: 2 })
for (let t = 0; t < 7; t++) {
  const token = full([1, 1, 1, 2], t)
  const { k } = cache.append(token, token)
  const held = (await k.read()).filter((_, n) => n % 2 === 0)
  console.log('after token', t, 'the cache holds', [...held].join(' '), '→ rotated keys', rotary.apply(k).shape)
}
cache.dispose()

// prints
//   after token 0 the cache holds 0 → rotated keys [ 1, 1, 1, 2 ]
//   after token 1 the cache holds 0 1 → rotated keys [ 1, 1, 2, 2 ]
//   after token 2 the cache holds 0 1 2 → rotated keys [ 1, 1, 3, 2 ]
//   after token 3 the cache holds 0 1 2 3 → rotated keys [ 1, 1, 4, 2 ]
//   after token 4 the cache holds 0 2 3 4 → rotated keys [ 1, 1, 4, 2 ]
//   after token 5 the cache holds 0 3 4 5 → rotated keys [ 1, 1, 4, 2 ]
//   after token 6 the cache holds 0 4 5 6 → rotated keys [ 1, 1, 4, 2 ]
