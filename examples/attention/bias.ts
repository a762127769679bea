// A bias of any rank is added to the scores; here one number per key.
import { attentionWeights, full, init, tensor } from 'regard'

await init()
const q = full([1, 2, 2, 4], 0)
const bias = tensor([0, Math.log(2), Math.log(5)], [3])
const weights = await attentionWeights(q, full([1, 2, 3, 4], 0), { bias }).read()
console.log([...weights.slice(0, 3)].map((w) => w.toFixed(3)).join(' '))

// prints
//   0.125 0.250 0.625
