// Texts of different lengths one after another, without padding: starts are where each begins, and the end.
import { attentionPacked, full, init } from 'regard'

await init()
const x = full([9, 2, 4], 1)
const { output, lse, ran } = attentionPacked(x, x, x, { starts: [0, 2, 5, 9], causal: true })
console.log(output.shape, lse.shape, ran.endsWith('3 sequences'))
console.log(
  'keys seen:',
  [...(await lse.read())]
    .slice(0, 9)
    .map((l) => Math.round(Math.exp(l - 2)))
    .join(' '),
)

// prints
//   [ 9, 2, 4 ] [ 2, 9 ] true
//   keys seen: 1 2 1 2 3 1 2 3 4
