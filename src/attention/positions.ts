/** Where a token stands, as numbers: rotary angles, and the sinusoids of the first transformer. Learned positions are an embedding. */

import { apply, expand, floats, tensor } from '../ops/index.ts'

import { scope, show, type Tensor } from '../tensor/index.ts'
import { type RopeScaling, ropeFrequencies } from './rope-frequencies.ts'

export type { Llama3Scaling, LongRopeScaling, RopeScaling, YarnScaling } from './rope-frequencies.ts'
export { type Frequencies, ropeFrequencies } from './rope-frequencies.ts'

/** The position of each token: the same for all batch entries, or a list for each. */
export type Positions = readonly number[] | readonly (readonly number[])[]

export interface RotaryOptions {
  /** How many channels are rotated, the first ones of each head; even. The rest is left alone. */
  readonly width: number
  /** Default 10000. */
  readonly base?: number
  readonly scaling?: RopeScaling
  /** Pairs are channels (2r, 2r+1), as in GPT-J, instead of (r, r + width/2), as in Llama and GPT-NeoX. Default false. */
  readonly interleaved?: boolean
  /** M-RoPE (Qwen2-VL): how many pairs take their angle from each position axis, in order; they add up to width/2. */
  readonly sections?: readonly number[]
}

/** Cosines and sines, [1 or B, L, width/2]. */
export interface Angles {
  readonly cos: Tensor
  readonly sin: Tensor
  dispose(): void
}

export interface RotateOptions {
  interleaved?: boolean
}

/**
 * Turns the first 2R channels of x [B,H,L,D] by angles given as cosines and sines [1 or B, L, R]:
 *
 *     (a, b) → (a·cos − b·sin, b·cos + a·sin)      pairs (r, r + R), or (2r, 2r + 1) if interleaved
 */
export function rotate(x: Tensor, cos: Tensor, sin: Tensor, { interleaved = false }: RotateOptions = {}): Tensor {
  using s = scope()
  const shapes = `got x=${show(x.shape)} cos=${show(cos.shape)} sin=${show(sin.shape)}`
  if (x.rank !== 4) throw new RangeError(`rotate: x must have rank 4, [B,H,L,D], ${shapes}`)
  if (show(cos.shape) !== show(sin.shape)) throw new RangeError(`rotate: cosines and sines must have one shape, ${shapes}`)
  const [B, , L, D] = x.shape as [number, number, number, number]
  const [batch, length, pairs] = cos.shape as [number, number, number]
  if (cos.rank !== 3 || (batch !== 1 && batch !== B) || length !== L)
    throw new RangeError(`rotate: cosines must be [1 or B, L, R] for x [B,H,L,D], ${shapes}`)
  if (2 * pairs > D) throw new RangeError(`rotate: ${pairs} pairs do not fit in ${D} channels, ${shapes}`)
  const [input, c, n] = floats('rotate', [x, expand(cos, [B, L, pairs]), expand(sin, [B, L, pairs])])
  const [out] = apply('rope', [input, c, n], [{ shape: x.shape, dtype: input.dtype }], { interleaved }, ({ rope }, [y]) =>
    rope(input.view('rotate'), c.view('rotate'), n.view('rotate'), interleaved, y!.view('rotate')),
  )
  return s.keep(out!)
}

/** Rotary positions (Su et al. 2021) of one model: angles are made once and used for queries and keys of every layer. */
export class Rotary {
  readonly options: RotaryOptions

  constructor(options: RotaryOptions) {
    const { width, base = 10000, sections } = options
    if (!Number.isInteger(width) || width < 2 || width % 2 !== 0)
      throw new RangeError(`positions.rotary: width must be an even integer ≥ 2, got ${width}`)
    if (!(base > 0) || !Number.isFinite(base)) throw new RangeError(`positions.rotary: base must be a number > 0, got ${base}`)
    const total = sections?.reduce((sum, n) => sum + n, 0)
    if (total !== undefined && total !== width / 2)
      throw new RangeError(
        `positions.rotary: sections must add up to width/2 = ${width / 2} pairs, got ${total} from ${show(sections!)}`,
      )
    this.options = options
  }

  /**
   * The cosines and sines for these positions, in the memory that holds `near`. With `sections`, pass one `Positions` per axis.
   * The caller disposes them.
   */
  angles(positions: Positions | readonly Positions[], near: Tensor): Angles {
    const { width, base = 10000, scaling, sections } = this.options
    const axes = (sections ? (positions as readonly Positions[]) : [positions as Positions]).map(perBatch)
    const [B, L] = [Math.max(...axes.map((axis) => axis.length)), axes[0]?.[0]?.length ?? 0]
    this.#check(axes, B, L)
    const length = 1 + axes.flat(2).reduce((a, b) => Math.max(a, b), -1)
    const { inverse, magnitude } = ropeFrequencies(width, base, scaling, length)
    const axisOf = sections?.flatMap((n, axis) => new Array<number>(n).fill(axis))
    const pairs = width / 2
    const cos = new Float64Array(B * L * pairs)
    const sin = new Float64Array(B * L * pairs)
    for (let n = 0; n < cos.length; n++) {
      const [b, l, r] = [Math.floor(n / (L * pairs)), Math.floor(n / pairs) % L, n % pairs]
      const axis = axes[axisOf?.[r] ?? 0]!
      const angle = (axis[b] ?? axis[0]!)[l]! * inverse[r]!
      cos[n] = magnitude * Math.cos(angle)
      sin[n] = magnitude * Math.sin(angle)
    }
    const dtype = near.dtype === 'float64' ? 'float64' : 'float32'
    const made = { cos: tensor(cos, [B, L, pairs], { dtype, near }), sin: tensor(sin, [B, L, pairs], { dtype, near }) }
    return {
      ...made,
      dispose: () => {
        made.cos.dispose()
        made.sin.dispose()
      },
    }
  }

  /** x [B,H,L,D] turned by angles, or by those of the given positions (default 0, 1, 2, …). */
  apply(x: Tensor, at?: Angles | Positions): Tensor {
    using s = scope()
    const given = at && 'cos' in at ? at : this.angles(at ?? Array.from({ length: x.shape[2] ?? 0 }, (_, n) => n), x)
    return s.keep(rotate(x, given.cos, given.sin, { interleaved: this.options.interleaved ?? false }))
  }

  #check(axes: readonly (readonly (readonly number[])[])[], B: number, L: number): void {
    const wanted = this.options.sections?.length ?? 1
    if (axes.length !== wanted) throw new RangeError(`positions.rotary: ${wanted} position axes are needed, got ${axes.length}`)
    for (const axis of axes)
      for (const list of axis) {
        if (list.length !== L || (axis.length !== 1 && axis.length !== B))
          throw new RangeError(`positions.rotary: every list of positions must have the same length, got ${list.length} and ${L}`)
        const bad = list.find((p) => !Number.isFinite(p))
        if (bad !== undefined) throw new RangeError(`positions.rotary: every position must be a finite number, got ${bad}`)
      }
  }
}

/** Rotary positions: `rotary({ width: 64 }).apply(q)`. */
export function rotary(options: RotaryOptions): Rotary {
  return new Rotary(options)
}

function perBatch(positions: Positions): readonly (readonly number[])[] {
  return typeof positions[0] === 'object' ? (positions as readonly (readonly number[])[]) : [positions as readonly number[]]
}

/**
 * The sinusoids of Vaswani et al. (2017), [length, width]: entry (p, 2k) is sin(p / base^(2k/width)), entry (p, 2k + 1) the cosine of the
 * same angle. Added to the embeddings.
 */
export function sinusoidal(length: number, width: number, { base = 10000 } = {}): Tensor {
  for (const [name, n] of Object.entries({ length, width }))
    if (!Number.isInteger(n) || n < 0) throw new RangeError(`positions.sinusoidal: ${name} must be an integer ≥ 0, got ${n}`)
  const data = Float64Array.from({ length: length * width }, (_, n) => {
    const [p, channel] = [Math.floor(n / width), n % width]
    const angle = p / base ** ((channel - (channel % 2)) / width)
    return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  })
  return tensor(data, [length, width], { dtype: 'float32' })
}
