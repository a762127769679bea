// Several documents packed into one row: nobody looks into another document.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.and(masks.documents([0, 0, 0, 1, 1, 2, 2, 2]), masks.causal())
console.log(mask.describe(8))
const x = full([1, 1, 8, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   and(documents(8 positions), causal()), 8 queries × 8 keys: 15 of 64 links (23 %)
//   █·······
//   ██······
//   ███·····
//   ···█····
//   ···██···
//   ·····█··
//   ·····██·
//   ·····███
//   [ 1, 1, 8, 8 ]
