// Dropout: which weights are dropped depends on the seed alone, not on threads or tiles.
import { attention, full, init } from 'regard'

await init()
const x = full([1, 1, 8, 4], 1)
const run = async (seed: number) =>
  [...(await attention(x, x, x, { dropout: { p: 0.5, seed } }).output.read())].map((w) => w.toFixed(2)).join(' ')
const [first, again, other] = [await run(1), await run(1), await run(2)]
console.log('the same seed twice:', first === again)
console.log('another seed:', first === other)

// prints
//   the same seed twice: true
//   another seed: false
