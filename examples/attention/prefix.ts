// A prefix language model: the first 3 tokens see each other, the rest is causal.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.or(masks.prefix(3), masks.causal())
console.log(mask.describe(6))
const x = full([1, 1, 6, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   or(prefix(3), causal()), 6 queries × 6 keys: 24 of 36 links (67 %)
//   ███···
//   ███···
//   ███···
//   ████··
//   █████·
//   ██████
//   [ 1, 1, 6, 8 ]
