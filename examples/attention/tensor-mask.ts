// A mask as a tensor: booleans (true: may look) or floats that are added, where −∞ forbids.
import { attentionWeights, full, init, tensor } from 'regard'

await init()
const q = full([1, 1, 1, 4], 1)
const k = full([1, 1, 3, 4], 1)
const show = async (mask: Parameters<typeof attentionWeights>[2]) =>
  [...(await attentionWeights(q, k, mask).read())].map((w) => w.toFixed(2)).join(' ')
console.log('boolean', await show({ mask: tensor(Uint8Array.of(1, 0, 1), [3]) }))
console.log('float  ', await show({ mask: tensor([0, -Infinity, Math.log(3)], [3]) }))

// prints
//   boolean 0.50 0.00 0.50
//   float   0.25 0.00 0.75
