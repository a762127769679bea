// Speculative decoding: five drafted tokens in a tree after two known ones. A draft sees its own line of ancestors.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.tree([-1, -1, 0, 2, 1], 2)
console.log(mask.describe(5, 7, { offset: 2 }))
const drafts = full([1, 1, 5, 8], 1)
const keys = full([1, 1, 7, 8], 1)
console.log(attention(drafts, keys, keys, { mask, offset: 2 }).output.shape)

// prints
//   tree(5 nodes), 5 queries × 7 keys: 19 of 35 links (54 %)
//   ███····
//   ██·█···
//   ███·█··
//   ███·██·
//   ██·█··█
//   [ 1, 1, 5, 8 ]
