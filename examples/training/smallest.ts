// The smallest training loop: one layer of attention learns a sentence by heart, letter by letter.
import { add, embedding, init, linear, type Tensor, tensor } from 'regard'
import { AdamW, crossEntropy, Linear, MultiHeadAttention, parameter, valueAndGrad } from 'regard/nn'

await init()
const text = 'the animal was tired'
const letters = [...new Set(text)]
const ids = Int32Array.from(text, (letter) => letters.indexOf(letter))
const [length, width] = [text.length - 1, 16]

let seed = 1
const random = (rows: number, columns: number): Tensor => {
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 2 ** 31 - 1
  }
  return parameter(tensor(Float32Array.from({ length: rows * columns }, next), [rows, columns]))
}
const layer = () => new Linear({ weight: random(width, width) })
const [letter, place, head] = [random(letters.length, width), random(length, width), random(letters.length, width)]
const look = new MultiHeadAttention({
  query: layer(),
  key: layer(),
  value: layer(),
  output: layer(),
  heads: 2,
  options: { causal: true },
})

const before = tensor(ids.slice(0, -1), [1, length])
const model = (): Tensor => linear(look.forward(add(embedding(letter, before), place)).output, head)
const optimizer = new AdamW([...Object.entries({ letter, place, head }), ...look.parameters()], { rate: 0.02 })

for (let step = 0; step < 150; step++) {
  const { value, gradients } = valueAndGrad(() => crossEntropy(model(), ids.slice(1)))()
  optimizer.step(gradients.parameters)
  if (step % 149 === 0) console.log(`step ${step}: the loss is ${(await value.read())[0]! > 0.1 ? 'above' : 'below'} 0.1`)
  value.dispose()
  gradients.dispose()
}

const scores = await model().read()
const guesses = Array.from({ length }, (_, n) => {
  const row = [...scores.slice(n * letters.length, (n + 1) * letters.length)]
  return letters[row.indexOf(Math.max(...row))]
})
console.log(text[0] + guesses.join(''))

// prints
//   step 0: the loss is above 0.1
//   step 149: the loss is below 0.1
//   the animal was tired
