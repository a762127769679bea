import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { contiguous, expand, permute, reshape, type Shape, slice, type Tensor, tensor, transpose } from '../../src/index.ts'
import { startEngine } from '../support/engine.ts'
import { laidOut, layouts, randomPlain } from '../support/layouts.ts'
import { at, build, type Plain, sizeOf } from '../support/plain.ts'
import { reading } from '../support/reading.ts'

beforeAll(startEngine)

const DIM = fc.integer({ min: 0, max: 4 })
const counting = (shape: Shape): Tensor =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, n) => n),
    shape,
  )

/** A tensor of a random shape that lies in memory in a random way, beside its plain numbers. */
const SCATTERED = fc
  .array(DIM, { maxLength: 4 })
  .chain((shape) => fc.record({ layout: layouts(shape.length), numbers: fc.integer().map((seed) => randomPlain(shape, seed)) }))

/** Looks at a scattered tensor in some way and expects the brute-force answer. */
async function expectView(plain: Plain, look: () => Tensor): Promise<void> {
  const [result] = await reading(() => [look()])
  expect(result!.shape).toEqual(plain.shape)
  expect(result!.data).toEqual(plain.data)
}

describe('permute', () => {
  it('puts axis axes[n] at place n', async () => {
    const drawn = SCATTERED.chain(({ layout, numbers }) =>
      fc.tuple(
        fc.constant(numbers),
        fc.constant(layout),
        fc.shuffledSubarray([...numbers.shape.keys()], { minLength: numbers.shape.length }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(drawn, async ([numbers, layout, axes]) => {
        const shape = axes.map((axis) => numbers.shape[axis]!)
        const expected = build(shape, (index) =>
          at(
            numbers,
            axes.map((_, axis) => index[axes.indexOf(axis)]!),
          ),
        )
        await expectView(expected, () => permute(laidOut(numbers, layout, 'float32'), axes))
      }),
    )
  })

  it('is free: the result shares the memory', () => {
    const x = counting([2, 3])
    expect(permute(x, [1, 0]).storage).toBe(x.storage)
  })
})

describe('transpose', () => {
  it('exchanges the last two axes unless told which', async () => {
    // [[0 1 2], [3 4 5]] turned over its diagonal
    expect([...(await transpose(counting([2, 3])).read())]).toEqual([0, 3, 1, 4, 2, 5])
    expect(transpose(counting([2, 3, 4]), 0, -1).shape).toEqual([4, 3, 2])
  })
})

describe('slice', () => {
  it('takes positions from … to − 1', async () => {
    const drawn = SCATTERED.filter(({ numbers }) => numbers.shape.length > 0).chain(({ layout, numbers }) =>
      fc.nat(numbers.shape.length - 1).chain((axis) => {
        const length = numbers.shape[axis]!
        return fc.record({
          numbers: fc.constant(numbers),
          layout: fc.constant(layout),
          axis: fc.constant(axis),
          ends: fc.tuple(fc.nat(length), fc.nat(length)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
        })
      }),
    )
    await fc.assert(
      fc.asyncProperty(drawn, async ({ numbers, layout, axis, ends: [from, to] }) => {
        const expected = build(numbers.shape.with(axis, to - from), (index) => at(numbers, index.with(axis, index[axis]! + from)))
        await expectView(expected, () => slice(laidOut(numbers, layout, 'float32'), axis, from, to))
      }),
    )
  })

  it('counts back from the end, as arrays do', async () => {
    expect([...(await slice(counting([5]), 0, -2).read())]).toEqual([3, 4])
    expect([...(await slice(counting([5]), -1, 1, -1).read())]).toEqual([1, 2, 3])
  })
})

describe('expand', () => {
  it('repeats axes of length 1 and adds leading ones, without copying', async () => {
    const x = tensor([1, 2], [2, 1])
    const wide = expand(x, [2, 2, 3])
    expect([...(await wide.read())]).toEqual([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2])
    expect(wide.storage).toBe(x.storage)
  })

  it('can be looked at further like any other tensor', async () => {
    const wide = expand(tensor([1, 2], [2, 1]), [2, 3])
    expect([...(await reshape(wide, [6]).read())]).toEqual([1, 1, 1, 2, 2, 2])
    expect([...(await transpose(wide).read())]).toEqual([1, 2, 1, 2, 1, 2])
  })
})

describe('reshape', () => {
  it('keeps the row-major order, however the tensor lies in memory', async () => {
    const drawn = SCATTERED.chain(({ layout, numbers }) =>
      fc.record({ layout: fc.constant(layout), numbers: fc.constant(numbers), shape: regrouped(numbers.shape) }),
    )
    await fc.assert(
      fc.asyncProperty(drawn, async ({ layout, numbers, shape }) => {
        await expectView({ data: numbers.data, shape }, () => reshape(laidOut(numbers, layout, 'float32'), shape))
      }),
      { numRuns: 300 },
    )
  })

  it('copies only where no strides express the new shape', () => {
    const x = counting([2, 3, 4])
    const shares = (y: Tensor) => y.storage === x.storage
    expect(shares(reshape(x, [6, 4]))).toBe(true)
    expect(shares(reshape(slice(x, 0, 1), [3, 2, 2]))).toBe(true)
    expect(shares(reshape(permute(x, [1, 0, 2]), [3, 2, 1, 2, 2]))).toBe(true) // the last axis splits in place
    expect(shares(reshape(permute(x, [2, 0, 1]), [4, 6]))).toBe(true) // [2,3] are still neighbours
    expect(shares(reshape(permute(x, [1, 0, 2]), [6, 4]))).toBe(false) // [3,2] are not
    expect(shares(reshape(slice(x, 2, 0, 3), [18]))).toBe(false) // there is a hole after each row
  })

  it('works one dimension out where it is −1', () => {
    expect(reshape(counting([2, 3, 4]), [-1, 8]).shape).toEqual([3, 8])
    expect(reshape(counting([1]), []).shape).toEqual([])
    expect(reshape(counting([0, 3]), [3, 0]).shape).toEqual([3, 0])
  })
})

/** Shapes with as many elements: the prime factors of each dimension, in order, cut into groups anew, with ones sprinkled in. */
function regrouped(shape: Shape): fc.Arbitrary<number[]> {
  const factors = shape.flatMap((d) => (d === 4 ? [2, 2] : [d])).filter((d) => d !== 1)
  return fc.array(fc.integer({ min: 0, max: factors.length }), { maxLength: 4 }).map((cuts) => {
    const ends = [0, ...cuts.sort((a, b) => a - b), factors.length]
    return ends.slice(1).map((end, n) => sizeOf(factors.slice(ends[n], end)))
  })
}

describe('contiguous', () => {
  it('copies a scattered tensor and shares one that is in order', () => {
    const x = counting([2, 3])
    expect(contiguous(x).storage).toBe(x.storage)
    const turned = contiguous(transpose(x))
    expect(turned.storage).not.toBe(x.storage)
    expect(turned.strides).toEqual([2, 1])
  })
})
