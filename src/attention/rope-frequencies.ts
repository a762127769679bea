/**
 * The angle per position of each rotated pair of channels, and how checkpoints stretch it beyond the length they were trained on.
 * Without scaling: base^(−2r/width) for pair r. Names and formulas follow Hugging Face's `rope_parameters`.
 */

export type RopeScaling =
  /** Every angle divided by `factor`. */
  | { readonly type: 'linear'; readonly factor: number }
  /** A larger base: base · alpha^(width/(width−2)). */
  | { readonly type: 'ntk'; readonly alpha: number }
  /** A base that grows with the length L beyond `positions`: base · (factor·L/positions − (factor − 1))^(width/(width−2)). */
  | { readonly type: 'dynamic'; readonly factor: number; readonly positions: number }
  | YarnScaling
  | Llama3Scaling
  | LongRopeScaling

/** YaRN (Peng et al. 2023): fast pairs keep their angle, slow pairs are divided by `factor`, a ramp between. */
export interface YarnScaling {
  readonly type: 'yarn'
  readonly factor: number
  /** What the model was trained on before stretching. */
  readonly positions: number
  /** Turns over `positions` above which a pair is fast. Default 32. */
  readonly betaFast?: number
  /** Turns below which it is slow. Default 1. */
  readonly betaSlow?: number
  /** Round the ramp's ends outward to whole pairs. Default true; gpt-oss: false. */
  readonly truncate?: boolean
  /** Magnitude of cosines and sines; default 0.1 ln(factor) + 1, or with mscale and mscaleAllDim the ratio of the two. */
  readonly attentionFactor?: number
  readonly mscale?: number
  readonly mscaleAllDim?: number
}

/** Llama 3.1: by wavelength, with a smooth passage between kept and divided. */
export interface Llama3Scaling {
  readonly type: 'llama3'
  readonly factor: number
  readonly lowFrequencyFactor: number
  readonly highFrequencyFactor: number
  readonly positions: number
}

/** LongRoPE (Ding et al. 2024): one divisor per pair, from one of two lists depending on the length. */
export interface LongRopeScaling {
  readonly type: 'longrope'
  readonly short: readonly number[]
  readonly long: readonly number[]
  readonly positions: number
  readonly factor: number
  /** Magnitude; default √(1 + ln factor / ln positions) for factors above 1, else 1. */
  readonly attentionFactor?: number
}

export interface Frequencies {
  /** Radians per position, one per pair. */
  readonly inverse: Float64Array
  /** What cosines and sines are multiplied by. */
  readonly magnitude: number
}

/** `width` channels are rotated in pairs; `length` is one past the last position, which 'dynamic' and 'longrope' depend on. */
export function ropeFrequencies(width: number, base: number, scaling?: RopeScaling, length = 0): Frequencies {
  const plain = powers(width, base)
  switch (scaling?.type) {
    case undefined:
      return { inverse: plain, magnitude: 1 }
    case 'linear':
      return { inverse: plain.map((x) => x / scaling.factor), magnitude: 1 }
    case 'ntk':
      return { inverse: powers(width, base * scaling.alpha ** (width / (width - 2))), magnitude: 1 }
    case 'dynamic': {
      const reach = Math.max(length, scaling.positions) / scaling.positions
      return {
        inverse: powers(width, base * (scaling.factor * reach - (scaling.factor - 1)) ** (width / (width - 2))),
        magnitude: 1,
      }
    }
    case 'yarn':
      return yarn(plain, width, base, scaling)
    case 'llama3':
      return { inverse: plain.map((x) => llama3(x, scaling)), magnitude: 1 }
    case 'longrope':
      return longRope(plain, scaling, length)
  }
}

function powers(width: number, base: number): Float64Array {
  return Float64Array.from({ length: width / 2 }, (_, r) => base ** ((-2 * r) / width))
}

const clamp = (x: number): number => Math.min(1, Math.max(0, x))

function yarn(plain: Float64Array, width: number, base: number, scaling: YarnScaling): Frequencies {
  const { factor, positions, betaFast = 32, betaSlow = 1, truncate = true } = scaling
  const pairTurning = (turns: number): number => (width * Math.log(positions / (turns * 2 * Math.PI))) / (2 * Math.log(base))
  const round = truncate ? [Math.floor, Math.ceil] : [Number, Number]
  const low = Math.max(0, round[0]!(pairTurning(betaFast)))
  const high = Math.min(width - 1, round[1]!(pairTurning(betaSlow)))
  const span = high === low ? 0.001 : high - low
  const inverse = plain.map((x, r) => {
    const slow = clamp((r - low) / span)
    return (x / factor) * slow + x * (1 - slow)
  })
  return { inverse, magnitude: yarnMagnitude(scaling) }
}

function yarnMagnitude({ factor, attentionFactor, mscale, mscaleAllDim }: YarnScaling): number {
  const grown = (m: number): number => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1)
  if (attentionFactor !== undefined) return attentionFactor
  return mscale && mscaleAllDim ? grown(mscale) / grown(mscaleAllDim) : grown(1)
}

function llama3(x: number, { factor, lowFrequencyFactor: low, highFrequencyFactor: high, positions }: Llama3Scaling): number {
  const turns = (positions * x) / (2 * Math.PI)
  const kept = clamp((turns - low) / (high - low))
  return (1 - kept) * (x / factor) + kept * x
}

function longRope(plain: Float64Array, scaling: LongRopeScaling, length: number): Frequencies {
  const { short, long, positions, factor } = scaling
  const divisors = length > positions ? long : short
  if (divisors.length !== plain.length)
    throw new RangeError(
      `positions.rotary: longrope needs one divisor per rotated pair, got ${divisors.length} for ${plain.length} pairs`,
    )
  const magnitude = scaling.attentionFactor ?? (factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(positions)))
  return { inverse: plain.map((x, r) => x / divisors[r]!), magnitude }
}
