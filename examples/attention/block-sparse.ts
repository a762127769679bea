// Any pattern of whole blocks; blocks that are not allowed are never computed.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.blockSparse(
  [
    [true, false, false],
    [true, true, false],
    [false, false, true],
  ],
  3,
)
console.log(mask.describe(9))
const x = full([1, 1, 9, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   blockSparse(…), 9 queries × 9 keys: 36 of 81 links (44 %)
//   ███······
//   ███······
//   ███······
//   ██████···
//   ██████···
//   ██████···
//   ······███
//   ······███
//   ······███
//   [ 1, 1, 9, 8 ]
