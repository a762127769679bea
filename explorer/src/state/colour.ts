/** The weight scale in JavaScript, for canvases and for the choice of black or white text. CSS mixes the same colours in OKLab. */

import { contrast, inkOn, mix, type Rgb } from 'regard/picture'

/** Weight → colour, by √weight, between the two ends of the scale, mixed in OKLab. */
export class Ramp {
  /** `STEPS` colours, for √weight = 0 … 1. */
  readonly #steps: readonly Rgb[]

  constructor(zero: Rgb, one: Rgb) {
    this.#steps = Array.from({ length: STEPS }, (_, n) => mix(zero, one, n / (STEPS - 1)))
  }

  at(weight: number): Rgb {
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
    return inkOn(this.at(weight))[0] === 0 ? '#000' : '#fff'
  }

  /** Does text of this colour stand out on `weight` by 4.5 : 1? */
  carries(text: Rgb, weight: number): boolean {
    return contrast(text, this.at(weight)) >= 4.5
  }
}

/** What canvases draw with. */
export interface PageColours {
  readonly zero: Rgb
  readonly one: Rgb
  readonly soft: Rgb
  readonly ink: Rgb
  readonly hairline: Rgb
  readonly positive: Rgb
  readonly negative: Rgb
}

/** The colours of the page as it stands, light or dark, as the browser resolves them. */
export function pageColours(): PageColours {
  const probe = document.createElement('i')
  document.body.append(probe)
  const read = (name: string): Rgb => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe)
      .color.match(/[\d.]+/g)!
      .slice(0, 3)
      .map(Number) as unknown as Rgb
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

const STEPS = 256
const stepOf = (weight: number): number => Math.round((STEPS - 1) * Math.sqrt(Math.min(1, Math.max(0, weight))))

/** As CSS writes it. */
export const css = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`

/** What a weight (or a share) is drawn on, by its root, mixed by the browser from the tokens of the look. */
export const tint = (weight: number): string => `color-mix(in oklab, var(--weight-1) ${100 * Math.sqrt(weight)}%, var(--weight-0))`
