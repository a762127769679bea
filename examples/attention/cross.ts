// Queries from one text, keys and values from another; values may have a width of their own.
import { attention, init, tensor } from 'regard'

await init()
const numbers = (n: number, shift: number) => Float32Array.from({ length: n }, (_, at) => Math.sin(at + shift))
const q = tensor(numbers(3 * 4, 0), [1, 1, 3, 4])
const k = tensor(numbers(5 * 4, 1), [1, 1, 5, 4])
const v = tensor(numbers(5 * 2, 2), [1, 1, 5, 2])
const { output, lse } = attention(q, k, v)
console.log('output', output.shape, 'lse', lse.shape)

// prints
//   output [ 1, 1, 3, 2 ] lse [ 1, 1, 3 ]
