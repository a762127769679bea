/** The page's colours as the scene needs them. */

import type { Rgb } from 'regard/picture'
import { type PageColours, Ramp } from '../state/colour.ts'
import type { Colour, Colours } from './scene.ts'

/** Steps from 0 to 1, on either side of the scale of signed values. */
const STEPS = 256

export function sceneColours({ zero, one, soft, ink, positive, negative }: PageColours): Colours {
  return {
    plain: unit(zero),
    line: unit(soft),
    ink: unit(ink),
    weights: pixels(new Ramp(zero, one)),
    signs: signedColours({ zero, positive, negative }),
  }
}

/** 511 colours, RGBA, from −1 by way of 0 to 1, by √size. */
export function signedColours({ zero, positive, negative }: Pick<PageColours, 'zero' | 'positive' | 'negative'>): Uint8Array {
  const [below, above] = [pixels(new Ramp(zero, negative)), pixels(new Ramp(zero, positive))]
  const made = new Uint8Array(4 * (2 * STEPS - 1))
  for (let n = 0; n < STEPS; n++) {
    made.set(below.subarray(4 * n, 4 * n + 4), 4 * (STEPS - 1 - n))
    made.set(above.subarray(4 * n, 4 * n + 4), 4 * (STEPS - 1 + n))
  }
  return made
}

const unit = ([r, g, b]: Rgb): Colour => [r / 255, g / 255, b / 255]

/** 256 colours by √weight. */
function pixels(ramp: Ramp): Uint8Array {
  return new Uint8Array(ramp.paint(Array.from({ length: STEPS }, (_, n) => (n / (STEPS - 1)) ** 2)).buffer)
}
