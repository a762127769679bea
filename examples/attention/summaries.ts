// What a matrix says, computed tile by tile: how sharp each row is, and which keys are looked at most.
import { columnSums, init, rowEntropy, tensor, topKeys } from 'regard'

await init()
const x = tensor(
  Float32Array.from({ length: 6 * 2 }, (_, n) => 2 * Math.sin(n * n)),
  [1, 1, 6, 2],
)
const options = { causal: true }
console.log('entropy', [...(await rowEntropy(x, x, options)).data].map((e) => e.toFixed(2)).join(' '))
console.log('looked at', [...(await columnSums(x, x, options)).data].map((s) => s.toFixed(2)).join(' '))
console.log('top key of each row', [...(await topKeys(x, x, 1, options)).keys].join(' '))

// prints
//   entropy 0.00 0.56 1.05 0.15 0.20 1.02
//   looked at 1.64 1.37 0.41 0.99 0.96 0.62
//   top key of each row 0 1 1 3 4 5
