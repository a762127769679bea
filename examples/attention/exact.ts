// The definition itself, in float64: the same call with float64 tensors runs on the reference.
import { attention, init, tensor } from 'regard'

await init()
const run = async (dtype: 'float32' | 'float64') => {
  const x = tensor(Float64Array.of(0.1, 0.2, 0.3, 0.4), [1, 1, 2, 2], { dtype })
  const { output } = attention(x, x, x)
  return (await output.read())[0]!
}
const [fast, exact] = [await run('float32'), await run('float64')]
console.log(exact.toFixed(12), 'float32 is off by less than 1e-7:', Math.abs(fast - exact) < 1e-7)

// prints
//   0.202121002203 float32 is off by less than 1e-7: true
