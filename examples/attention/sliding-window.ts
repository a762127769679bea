// A causal window of 3 keys, itself included: [2, 0]. As an option and as a mask it takes the same fast path.
import { attention, full, init, masks, routes } from 'regard'

await init()
console.log(masks.and(masks.causal(), masks.window(2, 0)).describe(6))
const x = full([1, 2, 6, 8], 1)
const a = attention(x, x, x, { window: [2, 0] })
const b = attention(x, x, x, { mask: masks.window(2, 0) })
console.log('same numbers:', (await a.output.read()).join() === (await b.output.read()).join())
console.log(routes({ mask: masks.window(2, 0) })[0])

// prints
//   and(causal(), window(2, 0)), 6 queries × 6 keys: 15 of 36 links (42 %)
//   █·····
//   ██····
//   ███···
//   ·███··
//   ··███·
//   ···███
//   same numbers: true
//   { option: 'mask', by: 'band' }
