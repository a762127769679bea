// Longformer: a local window, and global tokens that see and are seen by all.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.longformer({ window: 2, global: [0, 7] })
console.log(mask.describe(12))
const x = full([1, 1, 12, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   longformer(2), 12 queries × 12 keys: 84 of 144 links (58 %)
//   ████████████
//   ████···█····
//   █████··█····
//   ██████·█····
//   █·██████····
//   █··█████····
//   █···█████···
//   ████████████
//   █·····█████·
//   █······█████
//   █······█████
//   █······█·███
//   [ 1, 1, 12, 8 ]
