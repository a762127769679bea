// ALiBi: each head prefers near keys, with a slope of its own; no positions are needed.
import { attentionWeights, full, init, scores } from 'regard'

await init()
console.log(
  'slopes of 6 heads',
  scores
    .alibiSlopes(6)
    .map((s) => s.toFixed(4))
    .join(' '),
)
const x = full([1, 6, 4, 8], 0)
const weights = await attentionWeights(x, x, { score: scores.alibi(), causal: true }, { rows: [3, 4] }).read()
console.log('head 0', [...weights.slice(0, 4)].map((w) => w.toFixed(3)).join(' '))
console.log('head 5', [...weights.slice(20, 24)].map((w) => w.toFixed(3)).join(' '))

// prints
//   slopes of 6 heads 0.2500 0.0625 0.0156 0.0039 0.5000 0.1250
//   head 0 0.165 0.212 0.273 0.350
//   head 5 0.205 0.233 0.264 0.299
