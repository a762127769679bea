// BigBird: global blocks at both ends, a window of blocks, and random blocks from a seed.
import { attention, full, init, masks } from 'regard'

await init()
const mask = masks.bigBird({ length: 32, block: 2, random: 2, seed: 1 })
console.log(mask.describe(32, 32, { block: 2 }))
const x = full([1, 1, 32, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   bigBird(32), 32 queries × 32 keys: 512 of 1024 links (50 %); blocks of 2: 128 full █, 0 partial ▒, 128 skipped ·
//   ████████████████
//   ████······█····█
//   ████·····█····██
//   █·███·█·······██
//   █··███····█·█··█
//   █···███·█·····██
//   █····█████·····█
//   █·█···████·····█
//   █·██···███·····█
//   ██····█·███····█
//   █····█···████··█
//   █·█·█·····███··█
//   ██····█····███·█
//   █······█·█··████
//   █··██········███
//   ████████████████
//   [ 1, 1, 32, 8 ]
