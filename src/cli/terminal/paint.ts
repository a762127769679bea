/** How words are painted on a screen. Without colours every function gives its text back. */

import { Ansis } from 'ansis'
import { hex, inkOn, type Rgb, weightColour } from '../../picture/index.ts'
import { nearest256 } from './colour.ts'
import type { Screen } from './screen.ts'

export interface Paint {
  readonly strong: (text: string) => string
  readonly soft: (text: string) => string
  readonly underlined: (text: string) => string
  /** The colour of looking, and nothing else. */
  readonly looked: (text: string) => string
  /** The colour of mattering, and nothing else. */
  readonly mattered: (text: string) => string
  /** Text on the colour of a weight. */
  readonly onWeight: (text: string, weight: number) => string
  /** Two pixels above each other in one character. */
  readonly pixels: (upper: number, lower: number, columns: number) => string
  /** The upper pixel alone. */
  readonly pixel: (upper: number, columns: number) => string
}

/** Where the background is not known, a tone that can be read on both. */
const LOOKED = { dark: hex('#a9afff'), light: hex('#2f35b0'), unknown: hex('#737ae6') }
const MATTERED = { dark: hex('#ff9a4d'), light: hex('#b8520b'), unknown: hex('#c96a1d') }

export function paintFor(screen: Screen): Paint {
  const ansis = new Ansis({ 0: 0, 4: 1, 8: 2, 24: 3 }[screen.depth])
  const dark = screen.dark ?? true
  const tone = (of: typeof LOOKED): Rgb => (screen.dark === undefined ? of.unknown : screen.dark ? of.dark : of.light)
  const front = (colour: Rgb) => (screen.depth === 8 ? ansis.fg(nearest256(colour)) : ansis.rgb(...colour))
  const back = (colour: Rgb) => (screen.depth === 8 ? ansis.bg(nearest256(colour)) : ansis.bgRgb(...colour))
  return {
    strong: (text) => ansis.bold(text),
    soft: (text) => ansis.dim(text),
    underlined: (text) => ansis.underline(text),
    looked: (text) => (screen.depth === 4 ? ansis.blueBright(text) : front(tone(LOOKED))(text)),
    mattered: (text) => (screen.depth === 4 ? ansis.yellow(text) : front(tone(MATTERED))(text)),
    onWeight: (text, weight) => {
      const colour = weightColour(weight, dark)
      return back(colour)(front(inkOn(colour))(text))
    },
    pixels: (upper, lower, columns) => front(weightColour(upper, dark))(back(weightColour(lower, dark))('▀'.repeat(columns))),
    pixel: (upper, columns) => front(weightColour(upper, dark))('▀'.repeat(columns)),
  }
}
