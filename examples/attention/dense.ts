// Every query sees every key: softmax(q kᵀ / √D) v.
import { attention, init, tensor } from 'regard'

await init()
const q = tensor([1, 0], [1, 1, 1, 2])
const k = tensor([1, 0, 0, 1], [1, 1, 2, 2])
const v = tensor([10, 20], [1, 1, 2, 1])
const { output, lse } = attention(q, k, v)
console.log('output', (await output.read())[0]!.toFixed(4))
console.log('lse', (await lse.read())[0]!.toFixed(4))

// prints
//   output 13.3024
//   lse 1.1079
