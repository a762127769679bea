// Neighbourhood attention on an image of 4 × 4 patches: the 3 × 3 cells around the query.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.neighbourhood({ canvas: [4, 4], kernel: [3, 3] })
console.log(mask.describe(16))
const x = full([1, 1, 16, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   neighbourhood(4×4, 3×3), 16 queries × 16 keys: 144 of 256 links (56 %)
//   ███·███·███·····
//   ███·███·███·····
//   ·███·███·███····
//   ·███·███·███····
//   ███·███·███·····
//   ███·███·███·····
//   ·███·███·███····
//   ·███·███·███····
//   ····███·███·███·
//   ····███·███·███·
//   ·····███·███·███
//   ·····███·███·███
//   ····███·███·███·
//   ····███·███·███·
//   ·····███·███·███
//   ·····███·███·███
//   [ 1, 1, 16, 8 ]
