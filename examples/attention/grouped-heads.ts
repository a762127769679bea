// Grouped-query attention: 4 query heads share 2 key/value heads, neighbours together.
import { attention, full, init, tensor } from 'regard'

await init()
const q = full([1, 4, 1, 8], 1)
const k = full([1, 2, 1, 8], 1)
const v = tensor([10, 20], [1, 2, 1, 1])
const { output } = attention(q, k, v)
console.log('heads 0 … 3 read', [...(await output.read())].join(' '))

// prints
//   heads 0 … 3 read 10 10 20 20
