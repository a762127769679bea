/** What grad promises: values by hand, shared use, lifetimes, errors. */

import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import * as regard from '../../src/index.ts'
import {
  add,
  attention,
  attentionWeights,
  embedding,
  expand,
  linear,
  mul,
  scope,
  square,
  sum,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { grad, gradcheck, noGrad, parameter, valueAndGrad } from '../../src/nn/index.ts'
import { pack, quantize } from '../../src/ops/index.ts'
import { startEngine } from '../support/engine.ts'
import { random } from './random.ts'

beforeAll(startEngine)

const numbers = (...list: number[]): Tensor => tensor(list, [list.length])
const live = (): number => {
  const memories = new Set([memoryFor('float32', 'test'), memoryFor('float64', 'test')])
  return [...memories].reduce((sum, { live }) => sum + live.buffers, 0)
}

describe('values', () => {
  it('d Σ x² = 2x', async () => {
    const { value, gradients } = valueAndGrad((x) => sum(square(x)))(numbers(3, -1))
    expect([...(await value.read())]).toEqual([10])
    expect([...(await gradients.inputs[0]!.read())]).toEqual([6, -2])
  })

  it('a tensor that is read twice gathers both gradients: d (x · x + x) = 2x + 1', async () => {
    const [dx] = grad((x) => sum(add(mul(x, x), x)))(numbers(3)).inputs
    expect([...(await dx.read())]).toEqual([7])
  })

  it('what was repeated is summed', async () => {
    const [dx, db] = grad((x, b) => sum(mul(expand(x, [4, 2]), b)))(numbers(1, 2), tensor([1, 2, 3, 4], [4, 1])).inputs
    expect([...(await dx.read())]).toEqual([10, 10])
    expect([...(await db.read())]).toEqual([3, 3, 3, 3])
  })

  it('an id that comes twice gathers twice; one outside the table gives its gradient to nobody', async () => {
    const ids = tensor(Int32Array.of(1, 1, 7), [3])
    const [table] = grad((t) => sum(regard.slice(embedding(t, ids), 0, 0, 2)))(tensor([1, 2, 3, 4], [2, 2])).inputs
    expect([...(await table.read())]).toEqual([0, 0, 2, 2])
  })

  it.each(['float32', 'float64'] as const)(
    'a table gathers from every reading, and from other uses of it, in %s',
    async (dtype) => {
      const table = tensor([1, 2, 3, 4, 5, 6], [3, 2], { dtype })
      const rows = (...list: number[]): Tensor => tensor(Int32Array.from(list), [list.length], { near: table })
      const [d] = grad((t) =>
        add(
          add(sum(embedding(t, rows(0, 2))), sum(mul(embedding(t, rows(2, 2, 1)), 10))),
          add(sum(square(t)), sum(embedding(t, rows(1)))),
        ),
      )(table).inputs
      expect([...(await d.read())]).toEqual([2 + 1, 4 + 1, 6 + 11, 8 + 11, 10 + 21, 12 + 21])
    },
  )

  it.each(['float32', 'float64'] as const)(
    'a gradient that two share is not spoilt when one of them gathers more, in %s',
    async (dtype) => {
      const one = (...list: number[]): Tensor => tensor(list, [list.length], { dtype })
      const c = one(5, 7)
      const [da, db] = grad((a, b) => add(sum(mul(a, 3)), sum(mul(add(a, b), c))))(one(1, 2), one(3, 4)).inputs
      expect([...(await da.read())]).toEqual([8, 10])
      expect([...(await db.read())]).toEqual([5, 7])
    },
  )

  it('what the number does not depend on has gradient 0', async () => {
    const [, dy] = grad((x, _y) => sum(x))(numbers(1), numbers(1, 2)).inputs
    expect([...(await dy.read())]).toEqual([0, 0])
  })

  it('the function may return its input', async () => {
    const x = tensor([5], [])
    const { value, gradients } = valueAndGrad((x) => x)(x)
    value.dispose()
    expect([...(await gradients.inputs[0]!.read()), ...(await x.read())]).toEqual([1, 5])
  })

  it('the gradient of a float16 tensor is float32', async () => {
    const [dx] = grad((x) => sum(square(x)))(tensor([3], [1], { dtype: 'float16' })).inputs
    expect(dx.dtype).toBe('float32')
    expect([...(await dx.read())]).toEqual([6])
  })

  it('passes through a packed weight that is not learned', async () => {
    const weight = tensor([1, 2, 3, 4, 5, 6], [2, 3])
    const [dx] = grad((x) => sum(linear(x, pack(weight))))(tensor([1, 1, 1], [1, 3])).inputs
    expect([...(await dx.read())]).toEqual([5, 7, 9])
  })
})

describe('parameters', () => {
  it('are found wherever they are read', async () => {
    const [w, unused] = [parameter(numbers(2)), parameter(numbers(1))]
    const gradients = grad((x) => sum(mul(w, x)))(numbers(5))
    expect([...(await gradients.of(w)!.read())]).toEqual([5])
    expect([...gradients.parameters.keys()]).toEqual([w])
    expect(gradients.of(unused)).toBeUndefined()
  })

  it('cost nothing outside of grad: no tape is seen there', () => {
    const w = parameter(numbers(2))
    expect([w.tape, mul(w, 2).tape]).toEqual([undefined, undefined])
  })

  it('no gradient passes through noGrad', async () => {
    const w = parameter(numbers(2))
    const gradients = grad(() =>
      sum(
        mul(
          w,
          noGrad(() => mul(w, 3)),
        ),
      ),
    )()
    expect([...(await gradients.of(w)!.read())]).toEqual([6])
  })

  it('what the function made, and did not return, is freed', () => {
    const w = parameter(numbers(2))
    const kept: Tensor[] = []
    grad(() => {
      kept.push(mul(w, 3))
      return sum(kept[0]!)
    })()
    expect(kept[0]!.disposed).toBe(true)
  })
})

describe('memory', () => {
  const q = () => random([1, 2, 8, 4], 1, 'float32')
  const loss = (q: Tensor): Tensor => {
    const { output } = attention(q, q, q, { causal: true, offset: 0, sinks: [0, 1] })
    return sum(regard.layerNorm(regard.gelu(regard.softmax(output)), numbers(1, 2, 3, 4)))
  }

  it('only the value and the gradients live on', () => {
    using _ = scope()
    const x = q()
    grad((x) => loss(x))(x).dispose()
    const before = live()
    const { value, gradients } = valueAndGrad((x) => loss(x))(x)
    expect(live() - before).toBe(2)
    value.dispose()
    gradients.dispose()
    expect(live()).toBe(before)
  })

  it('gradients belong to the open scope', () => {
    const x = q()
    const before = live()
    {
      using _ = scope()
      grad((x) => loss(x))(x)
    }
    expect(live()).toBe(before)
  })

  it('nothing is left behind where the function or a derivative throws', () => {
    const x = q()
    const before = live()
    const run = (f: (x: Tensor) => Tensor) => () => grad((x) => f(x))(x)
    expect(run((x) => regard.reshape(square(x), [3]))).toThrow('reshape')
    expect(run((x) => sum(linear(x, quantize(random([4, 4], 2, 'float32')))))).toThrow('unpack')
    expect(live()).toBe(before)
  })

  it('inputs may be disposed as soon as they were read', async () => {
    const [dx] = grad((x) => {
      const doubled = mul(x, 2)
      const y = sum(square(doubled))
      doubled.dispose()
      return y
    })(numbers(3)).inputs
    expect([...(await dx.read())]).toEqual([24])
  })
})

describe('errors', () => {
  it('an operation without a derivative is named where it is called', () => {
    const q = random([1, 1, 2, 2], 1, 'float32')
    expect(() => grad((q) => sum(attentionWeights(q, q)))(q)).toThrow(
      'grad: no derivative is known for attentionWeights; compute it outside of grad, or inside noGrad(() => …) if no gradient should pass through it',
    )
  })

  it('says what a function must return', () => {
    expect(() => grad((x) => x)(numbers(1, 2))).toThrow('grad: the function must return one number, got Tensor [2] float32')
    expect(() => grad((async (x: Tensor) => x) as never)(numbers(1))).toThrow('grad: the function returned a promise')
    expect(() => grad((() => 1) as never)(numbers(1))).toThrow('grad: the function must return a tensor, got number')
  })

  it('says what can have a gradient', () => {
    expect(() => grad((x) => sum(x))(tensor(Int32Array.of(1), [1]))).toThrow(
      'grad: input 0 must be a tensor of floats, got Tensor [1] int32',
    )
    expect(() => parameter(tensor(Int32Array.of(1), [1]))).toThrow(
      'parameter: needs a tensor of floats that is not packed, got Tensor [1] int32',
    )
  })

  it('second derivatives are refused, not wrong', () => {
    expect(() => grad((x) => sum(grad((y) => sum(square(y)))(x).inputs[0]!))(numbers(1))).toThrow(
      'grad: called inside another grad',
    )
  })

  it('gradcheck finds a wrong derivative, and asks for float64', async () => {
    const wrong = (x: Tensor): Tensor =>
      mul(
        x,
        noGrad(() => square(x)),
      )
    await expect(gradcheck((x) => wrong(x), [random([2], 1)])).rejects.toThrow(
      /^gradcheck: input 0, element 0: the derivative says .*, differences say /,
    )
    await expect(gradcheck((x) => x, [numbers(1)])).rejects.toThrow('gradcheck: input 0 must be float64, got Tensor [1] float32')
  })
})
