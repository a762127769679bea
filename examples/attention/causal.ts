// No query sees a later key. With fewer queries than keys, `offset` says where the queries stand.
import { attentionWeights, full, init, masks } from 'regard'

await init()
console.log(masks.causal().describe(4))
const q = full([1, 1, 2, 4], 1)
const k = full([1, 1, 4, 4], 1)
const weights = await attentionWeights(q, k, { causal: true, offset: 2 }).read()
console.log('row at position 2:', [...weights.slice(0, 4)].map((w) => w.toFixed(2)).join(' '))
console.log('row at position 3:', [...weights.slice(4)].map((w) => w.toFixed(2)).join(' '))

// prints
//   causal(), 4 queries × 4 keys: 10 of 16 links (63 %)
//   █···
//   ██··
//   ███·
//   ████
//   row at position 2: 0.33 0.33 0.33 0.00
//   row at position 3: 0.25 0.25 0.25 0.25
