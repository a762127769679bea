// Rotary positions: scores depend on the distance alone. Llama 3's stretching, halves (not interleaved).
import { attentionWeights, init, positions, tensor } from 'regard'

await init()
const scaling = { type: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, positions: 8192 } as const
const rotary = positions.rotary({ width: 8, base: 500000, scaling })
const x = tensor(
  Float32Array.from({ length: 8 }, (_, n) => Math.sin(n)),
  [1, 1, 1, 8],
)
const score = async (i: number, j: number) =>
  (await attentionWeights(rotary.apply(x, [i]), rotary.apply(x, [j]), {}, { stage: 'scaled' }).read())[0]!.toFixed(4)
console.log('positions 5 and 2:', await score(5, 2))
console.log('positions 105 and 102:', await score(105, 102))

// prints
//   positions 5 and 2: 0.8509
//   positions 105 and 102: 0.8509
