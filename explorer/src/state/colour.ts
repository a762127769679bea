/** The weight scale in JavaScript, for canvases and for the choice of black or white text. CSS mixes the same colours in OKLab. */

export type Triple = readonly [number, number, number]

/** Weight → colour, by √weight, between the two ends of the scale, mixed in OKLab. */
export class Ramp {
  /** 256 sRGB triples, for √weight = 0 … 1. */
  readonly #steps: readonly Triple[]

  constructor(zero: Triple, one: Triple) {
    const from = toLab(zero)
    const to = toLab(one)
    this.#steps = Array.from({ length: 256 }, (_, n) =>
      fromLab(from.map((c, k) => c + (to[k]! - c) * (n / 255)) as unknown as Triple),
    )
  }

  at(weight: number): Triple {
    return this.#steps[stepOf(weight)]!
  }

  /** The pixels of `weights`, in their order. */
  paint(weights: ArrayLike<number>): Uint8ClampedArray<ArrayBuffer> {
    const pixels = new Uint8ClampedArray(4 * weights.length)
    for (let n = 0; n < weights.length; n++) {
      const [r, g, b] = this.at(weights[n]!)
      pixels[4 * n] = r
      pixels[4 * n + 1] = g
      pixels[4 * n + 2] = b
      pixels[4 * n + 3] = 255
    }
    return pixels
  }

  /** Black or white, whichever contrasts more with the colour of `weight`. */
  text(weight: number): '#000' | '#fff' {
    return luminance(this.at(weight)) > 0.1791 ? '#000' : '#fff'
  }

  /** Does text of this colour stand out on `weight` by 4.5 : 1? */
  carries(text: Triple, weight: number): boolean {
    const [a, b] = [luminance(text), luminance(this.at(weight))]
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) >= 4.5
  }
}

/** What canvases draw with. */
export interface PageColours {
  readonly zero: Triple
  readonly one: Triple
  readonly soft: Triple
  readonly ink: Triple
  readonly hairline: Triple
  readonly positive: Triple
  readonly negative: Triple
}

/** The colours of the page as it stands, light or dark, as the browser resolves them. */
export function pageColours(): PageColours {
  const probe = document.createElement('i')
  document.body.append(probe)
  const read = (name: string): Triple => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe)
      .color.match(/[\d.]+/g)!
      .slice(0, 3)
      .map(Number) as unknown as Triple
  }
  const made = {
    zero: read('--weight-0'),
    one: read('--weight-1'),
    soft: read('--soft'),
    ink: read('--ink'),
    hairline: read('--hairline'),
    positive: read('--positive'),
    negative: read('--negative'),
  }
  probe.remove()
  return made
}

const stepOf = (weight: number): number => Math.round(255 * Math.sqrt(Math.min(1, Math.max(0, weight))))
const linear = (c: number): number => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)
const gamma = (c: number): number => 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055)

/** As CSS writes it. */
export const css = ([r, g, b]: Triple): string => `rgb(${r} ${g} ${b})`

/** WCAG relative luminance, 0 … 1. */
function luminance([r, g, b]: Triple): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/** sRGB 0 … 255 → OKLab (Ottosson 2020). */
function toLab([red, green, blue]: Triple): Triple {
  const [r, g, b] = [linear(red), linear(green), linear(blue)]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromLab([L, a, b]: Triple): Triple {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  return channels.map((c) => Math.round(Math.min(255, Math.max(0, gamma(c))))) as unknown as Triple
}
