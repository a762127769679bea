import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { embedding, exp, full, linear, reshape, type Tensor, tensor, transpose } from '../../src/index.ts'
import { pack, unpack } from '../../src/ops/index.ts'
import { startEngine } from '../support/engine.ts'
import { laidOut, layouts, randomPlain } from '../support/layouts.ts'
import { reading } from '../support/reading.ts'

beforeAll(startEngine)

/** Around the widths of panels, and past several of them. */
const DIM = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(15, 16, 17, 31, 32, 33, 47, 48, 49, 100))

it('linear, embedding, read and unpack see the same bits in a packed weight, however it lay in memory', async () => {
  await fc.assert(
    fc.asyncProperty(DIM, DIM, fc.nat(5), layouts(2), fc.integer(), async (outer, inner, rows, layout, seed) => {
      const weight = randomPlain([outer, inner], seed)
      const uses = (w: Tensor): Tensor[] => {
        const x = randomPlain([rows, inner], seed + 1)
        return [
          linear(tensor(x.data, x.shape), w, { bias: full([outer], 0.5), activation: 'gelu' }),
          embedding(w, tensor(Int32Array.of(outer - 1, 0, outer), [3])),
        ]
      }
      const [product, rowsOf] = await reading(() => uses(laidOut(weight, layout, 'float32')))
      const [packedProduct, packedRows, unpacked, read] = await reading(() => {
        const packed = pack(laidOut(weight, layout, 'float32'))
        return [...uses(packed), unpack(packed), packed]
      })
      expect(packedProduct).toEqual(product)
      expect(packedRows).toEqual(rowsOf)
      expect(unpacked!.data).toEqual(weight.data)
      expect(read!.data).toEqual(weight.data)
    }),
  )
})

it('a packed weight is one allocation with a life of its own', async () => {
  const weight = tensor([1, 2, 3, 4, 5, 6], [3, 2])
  const buffers = () => weight.memory.live.buffers
  const before = buffers()
  const packed = pack(weight)
  expect(buffers()).toBe(before + 1)
  weight.dispose()
  expect(buffers()).toBe(before)
  expect([...(await packed.read())]).toEqual([1, 2, 3, 4, 5, 6])
})

it('operations that read rows refuse a packed weight and say how to get rows', () => {
  const packed = pack(full([3, 2], 1))
  const refusal = (operation: string) =>
    `${operation}: Tensor [3,2] float32 (packed) is packed for linear and embedding; unpack(weight) gives it back as rows`
  expect(() => exp(packed)).toThrow(refusal('exp'))
  expect(() => transpose(packed)).toThrow(refusal('permute'))
  expect(() => reshape(packed, [6])).toThrow(refusal('reshape'))
})

it('float64 is read as it is: packing shares the memory', () => {
  const weight = full([3, 2], 1, { dtype: 'float64' })
  expect(pack(weight).storage).toBe(weight.storage)
})

it('refuses what is not a matrix, and what was disposed', () => {
  expect(() => pack(full([3], 1))).toThrow('pack: weight must be [out,in], got [3]')
  for (const dtype of ['float32', 'float64'] as const) {
    const weight = full([3, 2], 1, { dtype })
    weight.dispose()
    expect(() => pack(weight)).toThrow('pack: a tensor of shape [3,2] was used after dispose()')
    expect(() => unpack(weight)).toThrow('unpack: a tensor of shape [3,2] was used after dispose()')
  }
})
