import { add, div, linear, matmul, maximum, mul, reshape, sqrt, square, sub, sum, transpose } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import { type AdamOptions, AdamW } from './adam.ts'
import { assign } from './optimizer.ts'

export interface MuonOptions extends AdamOptions {
  /** Which parameters are matrices that act on states. Default: those of two axes. Embedding tables are not: leave them out. */
  matrix?: (name: string, parameter: Tensor) => boolean
  /** How much of a matrix's last direction is kept. Default 0.95. */
  momentum?: number
  /** How far a step of rate 1 moves the numbers of a matrix, in their root mean square. Default 0.2, much as Adam does. */
  reach?: number
}

/** Each draws every singular value towards 1: x ← a·x + b·x³ + c·x⁵. */
const ROUNDS = 5
const [A, B, C] = [3.4445, -4.775, 2.0315]

/**
 * Muon (Jordan et al. 2024): the momentum of a matrix is made orthogonal before it is a step, so that every direction learns at the same
 * pace, rare ones too. Steps are scaled as in Liu et al. 2025, so that one rate and one decay suit matrices and, by AdamW, all else.
 */
export class Muon extends AdamW {
  readonly momentum: number
  readonly reach: number
  readonly #matrix: (name: string, parameter: Tensor) => boolean

  constructor(
    parameters: Iterable<readonly [name: string, parameter: Tensor]>,
    { matrix = () => true, momentum = 0.95, reach = 0.2, ...rest }: MuonOptions,
  ) {
    super(parameters, rest)
    if (!(momentum >= 0 && momentum < 1)) throw new RangeError(`Muon: momentum must be at least 0 and below 1, got ${momentum}`)
    if (!(reach > 0)) throw new RangeError(`Muon: reach must be above 0, got ${reach}`)
    this.momentum = momentum
    this.reach = reach
    this.#matrix = matrix
  }

  protected override update(name: string, parameter: Tensor, gradient: Tensor, decay: number): void {
    if (parameter.shape.length === 2 && this.#matrix(name, parameter)) this.#turn(name, parameter, gradient, decay)
    else super.update(name, parameter, gradient, decay)
  }

  #turn(name: string, parameter: Tensor, gradient: Tensor, decay: number): void {
    using _ = scope()
    const kept = this.remembered(name, 'direction', parameter)
    assign(kept, add(mul(kept, this.momentum), gradient))
    const ahead = add(gradient, mul(kept, this.momentum))
    const scale = this.reach * Math.sqrt(Math.max(...parameter.shape))
    assign(parameter, sub(mul(parameter, 1 - this.rate * decay), mul(orthogonal(ahead), this.rate * scale)))
  }
}

/** [rows,columns]: nearly U·Vᵀ of the singular value decomposition U·S·Vᵀ; singular values that are no small part of the largest end between 0.7 and 1.2. */
function orthogonal(matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape as [number, number]
  const tall = rows > columns
  const start = tall ? transpose(matrix) : matrix
  const norm = sqrt(reshape(sum(square(start)), []))
  let x = div(start, maximum(norm, 1e-7))
  for (let round = 0; round < ROUNDS; round++) {
    const products = linear(x, x)
    x = add(mul(x, A), matmul(add(mul(products, B), mul(linear(products, products), C)), x))
  }
  return tall ? transpose(x) : x
}
