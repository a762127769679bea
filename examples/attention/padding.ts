// A batch of texts of different lengths: keys from lengths[b] on do not exist.
import { attentionWeights, full, init } from 'regard'

await init()
const x = full([2, 1, 1, 4], 1)
const keys = full([2, 1, 3, 4], 1)
const weights = await attentionWeights(x, keys, { lengths: [3, 1] }).read()
console.log('text of 3:', [...weights.slice(0, 3)].map((w) => w.toFixed(2)).join(' '))
console.log('text of 1:', [...weights.slice(3)].map((w) => w.toFixed(2)).join(' '))

// prints
//   text of 3: 0.33 0.33 0.33
//   text of 1: 1.00 0.00 0.00
