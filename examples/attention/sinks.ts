// Attention sinks (gpt-oss): a logit per head that takes weight and gives nothing. Smooth softmax is a sink of 0.
import { attention, attentionWeights, full, init } from 'regard'

await init()
const x = full([1, 2, 1, 4], 0)
const weights = await attentionWeights(x, x, { sinks: [0, Math.log(3)] }).read()
console.log('weight left for the only key:', [...weights].map((w) => w.toFixed(2)).join(' '))
const { lse } = attention(x, x, x, { smoothSoftmax: true })
console.log('lse with a sink of 0:', (await lse.read())[0]!.toFixed(4))

// prints
//   weight left for the only key: 0.50 0.25
//   lse with a sink of 0: 0.6931
