// Your own score function: a table looked up by distance, per head. Functions in a list follow one another.
import { attentionWeights, full, init, scores, table } from 'regard'

await init()
const near = table([0, -1, -4, -9], [4])
const score = scores.from((s, _b, h, i, j) => s.add(near.at(i.sub(j).abs()).mul(h.add(1))), 'near')
console.log(`${score}`)
const x = full([1, 2, 4, 8], 0)
const weights = await attentionWeights(x, x, { score: [score, scores.softcap(20)] }, { rows: [0, 1] }).read()
for (const h of [0, 1]) console.log('head', h, [...weights.slice(4 * h, 4 * h + 4)].map((w) => w.toFixed(3)).join(' '))
near.dispose()

// prints
//   near: s.add(t0.at(i.sub(j).abs()).mul(h.add(1)))
//   head 0 0.721 0.265 0.014 0.000
//   head 1 0.880 0.120 0.000 0.000
