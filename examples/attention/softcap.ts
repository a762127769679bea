// Gemma 2's soft cap: c · tanh(s / c) keeps every score within ±c, before any bias or mask.
import { attentionWeights, init, tensor } from 'regard'

await init()
const q = tensor([10], [1, 1, 1, 1])
const k = tensor([-9, 0, 1, 9], [1, 1, 4, 1])
const at = async (stage: 'scaled' | 'capped') =>
  [...(await attentionWeights(q, k, { softcap: 5 }, { stage }).read())].map((s) => s.toFixed(2)).join(' ')
console.log('scaled', await at('scaled'))
console.log('capped', await at('capped'))

// prints
//   scaled -90.00 0.00 10.00 90.00
//   capped -5.00 0.00 4.82 5.00
