// Your own mask, written in TypeScript and compiled into the kernel: head 0 looks near, the others at every second key.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.from((_b, h, i, j) => h.eq(0).where(i.sub(j).abs().le(1), i.sub(j).mod(2).eq(0)))
console.log(`${mask}`)
console.log(mask.describe(5, 5, { head: 0 }))
console.log(mask.describe(5, 5, { head: 1 }))
const x = full([1, 2, 5, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   from(…): h.eq(0).where(i.sub(j).abs().le(1), i.sub(j).mod(2).eq(0))
//   from(…), 5 queries × 5 keys: 13 of 25 links (52 %)
//   ██···
//   ███··
//   ·███·
//   ··███
//   ···██
//   from(…), 5 queries × 5 keys: 13 of 25 links (52 %)
//   █·█·█
//   ·█·█·
//   █·█·█
//   ·█·█·
//   █·█·█
//   [ 1, 2, 5, 8 ]
