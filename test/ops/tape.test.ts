/** What a tape is told: enough for each derivative, and nothing where no gradient is wanted. */

import { beforeAll, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import type { Tape, Tensor } from '../../src/tensor/index.ts'
import { startEngine } from '../support/engine.ts'

beforeAll(startEngine)

/** Writes down each step as `operation [inputs] → [outputs] attributes`. */
function notes(): { tape: Tape; lines: string[] } {
  const lines: string[] = []
  const show = (list: readonly (Tensor | undefined)[]) => list.map((x) => (x ? `[${x.shape}]` : '·')).join(' ')
  const tape: Tape = {
    record(operation, inputs, outputs, attributes) {
      lines.push(`${operation} ${show(inputs)} → ${show(outputs)} ${JSON.stringify(attributes)}`)
    },
  }
  return { tape, lines }
}

function followed(shape: number[], compute: (x: Tensor) => Tensor, dtype: regard.DType = 'float32'): string[] {
  const { tape, lines } = notes()
  const x = regard.full(shape, 1, { dtype })
  x.tape = tape
  const y = compute(x)
  expect(y.tape).toBe(tape)
  return lines
}

const w = (...shape: number[]) => regard.full(shape, 1)

it('an operation that meets no followed tensor tells nobody', () => {
  expect(regard.exp(w(2)).tape).toBeUndefined()
})

it('views are told with the axes and ends that they used', () => {
  expect(followed([2, 3, 4], (x) => regard.transpose(x, 0, -1))).toEqual(['permute [2,3,4] → [4,3,2] {"axes":[2,1,0]}'])
  expect(followed([2, 3], (x) => regard.slice(x, -1, -2))).toEqual(['slice [2,3] → [2,2] {"axis":1,"from":1,"to":3}'])
  expect(followed([2, 1], (x) => regard.expand(x, [2, 3]))).toEqual(['expand [2,1] → [2,3] {}'])
  expect(followed([2, 3], (x) => regard.reshape(x, [6]))).toEqual(['reshape [2,3] → [6] {}'])
})

it('a reshape that has to copy is a permute, a copy and a reshape', () => {
  expect(followed([2, 3], (x) => regard.reshape(regard.transpose(x), [6]))).toEqual([
    'permute [2,3] → [3,2] {"axes":[1,0]}',
    'cast [3,2] → [3,2] {}',
    'reshape [3,2] → [6] {}',
  ])
})

it('softmax over another axis is softmax over the last, between two turns', () => {
  expect(followed([2, 3], (x) => regard.softmax(x, 0))).toEqual([
    'permute [2,3] → [3,2] {"axes":[1,0]}',
    'softmax [3,2] → [3,2] {}',
    'permute [3,2] → [2,3] {"axes":[1,0]}',
  ])
})

it('linear falls into steps that have one derivative each', () => {
  const compute = (x: Tensor) => regard.linear(x, w(5, 3), { bias: w(5), activation: 'gelu', residual: w(2, 4, 5) })
  expect(followed([2, 4, 3], compute)).toEqual([
    'reshape [2,4,3] → [8,3] {}',
    'linear [8,3] [5,3] [5] → [8,5] {}',
    'reshape [8,5] → [2,4,5] {}',
    'gelu [2,4,5] → [2,4,5] {}',
    'add [2,4,5] [2,4,5] → [2,4,5] {}',
  ])
})

it('linear gives the same numbers with a tape as without', async () => {
  const numbers = Float32Array.from({ length: 24 }, (_, n) => Math.sin(n))
  const x = regard.tensor(numbers, [2, 4, 3])
  const options = { bias: w(5), activation: 'tanh', residual: w(2, 4, 5) } as const
  const plain = await regard.linear(x, w(5, 3), options).read()
  x.tape = notes().tape
  const taped = await regard.linear(x, w(5, 3), options).read()
  taped.forEach((value, n) => {
    expect(value).toBeCloseTo(plain[n]!, 6)
  })
})

it('norms, products and sums are told with what they were asked for', () => {
  expect(followed([2, 3], (x) => regard.layerNorm(x, w(3), undefined, { eps: 0.1 }))).toEqual([
    'layerNorm [2,3] [3] · → [2,3] {"eps":0.1}',
  ])
  expect(followed([2, 3], (x) => regard.rmsNorm(x, w(3), { eps: 0.1, offset: 1 }))).toEqual([
    'rmsNorm [2,3] [3] → [2,3] {"eps":0.1,"offset":1}',
  ])
  expect(followed([2, 3], (x) => regard.matmul(x, w(3, 4), { scale: 0.5 }))).toEqual(['matmul [2,3] [3,4] → [2,4] {"scale":0.5}'])
  expect(followed([2, 3], (x) => regard.mean(x, -1))).toEqual(['mean [2,3] → [2] {"axes":[1]}'])
  expect(followed([2, 3], (x) => regard.concat([x, w(1, 3)]))).toEqual(['concat [2,3] [1,3] → [3,3] {"axis":0}'])
  expect(followed([7, 3], (x) => regard.embedding(x, regard.tensor(Int32Array.of(1, 2), [2])))).toEqual([
    'embedding [7,3] [2] → [2,3] {}',
  ])
})

it('widening a 16-bit float is a step of its own', () => {
  expect(followed([2], (x) => regard.exp(x), 'float16')).toEqual(['cast [2] → [2] {}', 'exp [2] → [2] {}'])
})

it('a cast that changes nothing is still a step, for it has a life of its own', () => {
  expect(followed([2], (x) => regard.cast(x, 'float32'))).toEqual(['cast [2] → [2] {}'])
  expect(followed([2], (x) => regard.contiguous(x))).toEqual(['cast [2] → [2] {}'])
})

it('a plain number enters as a scalar', () => {
  expect(followed([2, 3], (x) => regard.mul(x, 2))).toEqual(['mul [2,3] [] → [2,3] {}'])
})
