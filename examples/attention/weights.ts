// Any tile of the matrix, at any stage, without the rest of it: 3 rows and 4 keys of a text of 50 000 tokens.
import { attentionWeights, init, tensor } from 'regard'

await init()
const n = 50_000
const x = tensor(
  Float32Array.from({ length: n * 4 }, (_, at) => Math.sin(at)),
  [1, 1, n, 4],
)
const tile = attentionWeights(x, x, { causal: true }, { rows: [40_000, 40_003], cols: [39_999, 40_003], stage: 'masked' })
const cells = await tile.read()
for (let row = 0; row < 3; row++) console.log([...cells.slice(4 * row, 4 * row + 4)].map((s) => s.toFixed(3)).join(' '))

// prints
//   -0.852 1.209 -Infinity -Infinity
//   0.064 -0.729 0.889 -Infinity
//   0.769 -0.257 -0.433 0.823
