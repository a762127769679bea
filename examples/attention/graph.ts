// Attention along the edges of a graph: node i looks at node j where an edge leads from i to j.
import { attention, full, init, masks } from 'regard'

await init()
const ring = Array.from({ length: 6 }, (_, n) => [n, (n + 1) % 6] as [number, number])
const mask = masks.graph({ nodes: 6, edges: [...ring, ...ring.map(([a, b]) => [b, a] as [number, number])] })
console.log(mask.describe(6))
const x = full([1, 1, 6, 8], 1)
console.log(attention(x, x, x, { mask }).output.shape)

// prints
//   graph(6 nodes), 6 queries × 6 keys: 12 of 36 links (33 %)
//   ·█···█
//   █·█···
//   ·█·█··
//   ··█·█·
//   ···█·█
//   █···█·
//   [ 1, 1, 6, 8 ]
