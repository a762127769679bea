// T5's relative bias: a learned number per bucket of distances and head.
import { attentionWeights, full, init, scores, tensor } from 'regard'

await init()
console.log('buckets of j − i = 0 … 20:', Array.from({ length: 21 }, (_, d) => scores.bucketOf(d)).join(' '))
const weights = tensor(
  Float32Array.from({ length: 32 * 2 }, (_, n) => Math.sin(n)),
  [32, 2],
)
const x = full([1, 2, 5, 8], 0)
const seen = await attentionWeights(x, x, { scale: 1, score: scores.relativeBias(weights) }, { rows: [0, 1], heads: [1] }).read()
console.log([...seen].map((w) => w.toFixed(3)).join(' '))

// prints
//   buckets of j − i = 0 … 20: 0 17 18 19 20 21 22 23 24 24 24 24 25 25 25 25 26 26 26 26 26
//   0.333 0.093 0.075 0.376 0.122
