/** Colours of data: a weight between two ends, mixed in OKLab (https://bottosson.github.io/posts/oklab/). */

export type Rgb = readonly [number, number, number]

/** weight 0 → 1 */
const ENDS = {
  light: [hex('#f4f2ec'), hex('#2a2f9e')],
  dark: [hex('#1d1e24'), hex('#aeb4ff')],
} as const

/** The colour of a weight from 0 to 1, by the root of the weight, so that small weights can be told apart. */
export function weightColour(weight: number, dark: boolean): Rgb {
  const [zero, one] = ENDS[dark ? 'dark' : 'light']
  return mix(zero, one, Math.sqrt(Math.min(1, Math.max(0, weight))))
}

/** Black or white, whichever stands out more on a colour. */
export function inkOn(colour: Rgb): Rgb {
  return contrast(WHITE, colour) > contrast(BLACK, colour) ? WHITE : BLACK
}

const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [0, 0, 0]

/** The contrast ratio of WCAG 2, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [p, q] = [luminance(a), luminance(b)]
  return (Math.max(p, q) + 0.05) / (Math.min(p, q) + 0.05)
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map(linear) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function hex(code: string): Rgb {
  const bits = Number.parseInt(code.slice(1), 16)
  return [bits >> 16, (bits >> 8) & 255, bits & 255]
}

export function hexOf(colour: Rgb): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

/** From a (share 0) to b (share 1). */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const [p, q] = [oklab(a), oklab(b)]
  return rgb(p.map((value, n) => value + (q[n]! - value) * share) as unknown as Rgb)
}

const linear = (value: number): number => (value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)
const gamma = (value: number): number => Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055))

function oklab(colour: Rgb): Rgb {
  const [r, g, b] = colour.map(linear) as [number, number, number]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function rgb([lightness, a, b]: Rgb): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  return channels.map((value) => gamma(Math.min(1, Math.max(0, value)))) as unknown as Rgb
}
