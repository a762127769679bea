// DeBERTa: content-to-position and position-to-content scores join the content scores.
import { attentionWeights, init, scores, tensor } from 'regard'

await init()
const numbers = (n: number, shift: number) => Float32Array.from({ length: n }, (_, at) => Math.sin(at + shift))
const [L, D, span] = [4, 8, 3]
const q = tensor(numbers(L * D, 0), [1, 1, L, D])
const k = tensor(numbers(L * D, 1), [1, 1, L, D])
const score = scores.deberta({
  contentToPosition: tensor(numbers(L * 2 * span, 2), [1, 1, L, 2 * span]),
  positionToContent: tensor(numbers(L * 2 * span, 3), [1, 1, L, 2 * span]),
  span,
})
const weights = await attentionWeights(q, k, { scale: 1 / Math.sqrt(3 * D), score }, { rows: [0, 1] }).read()
console.log([...weights].map((w) => w.toFixed(3)).join(' '))

// prints
//   0.036 0.007 0.051 0.906
