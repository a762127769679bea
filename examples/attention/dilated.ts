// Every third key, counted from the query itself, within a window.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.and(masks.dilated(3), masks.window(6, 6))
console.log(mask.describe(10))
const x = full([1, 1, 10, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   and(dilated(3), window(6, 6)), 10 queries × 10 keys: 32 of 100 links (32 %)
//   █··█··█···
//   ·█··█··█··
//   ··█··█··█·
//   █··█··█··█
//   ·█··█··█··
//   ··█··█··█·
//   █··█··█··█
//   ·█··█··█··
//   ··█··█··█·
//   ···█··█··█
//   [ 1, 1, 10, 8 ]
