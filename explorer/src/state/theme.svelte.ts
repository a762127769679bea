/** The colours in force. They follow the system's choice of light or dark. */

import { pageColours, Ramp } from './colour.ts'

class Theme {
  #colours = $state.raw(pageColours())
  readonly ramp = $derived(new Ramp(this.#colours.zero, this.#colours.one))
  readonly soft = $derived(this.#colours.soft)
  readonly colours = $derived(this.#colours)

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours = pageColours()
    })
  }
}

export const theme = new Theme()
