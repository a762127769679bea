/** A board of a view's own, all of whose weights are at hand. */

import { untrack } from 'svelte'
import type { Window } from '../engine/questions/read.ts'
import type { Board } from './board.ts'
import type { Held } from './fragment.ts'
import { type Looks, type Picture, shortPicture } from './picture.ts'

export interface TableOptions {
  /** Hears what is held, so that the address can keep it. */
  readonly held: (held: Held) => void
  /** Escape, with nothing to let go but what is held. */
  readonly letGo?: () => void
  /** Is the first token set apart? */
  readonly apart?: () => boolean
}

export class Table implements Board {
  reading = $state.raw<Looks>()
  held = $state.raw<Held>()
  preview = $state.raw<Partial<Held>>()
  window = $state.raw<Window>({ r0: 0, r1: 0, c0: 0, c1: 0 })
  readonly #options: TableOptions
  readonly picture = $derived.by((): Picture<Looks> | undefined => {
    const { reading, held, preview } = this
    return reading && held && shortPicture(reading, { ...held, ...preview, apart: this.#options.apart?.() ?? false })
  })

  constructor(options: TableOptions) {
    this.#options = options
  }

  /** Other weights, or another place in them. */
  show(reading: Looks | undefined, held: Held | undefined): void {
    if (reading !== untrack(() => this.reading)) this.preview = undefined
    this.reading = reading
    this.held = held
  }

  point(at: Partial<Held> | undefined): void {
    this.preview = at
  }

  hold(at: Partial<Held> = {}): void {
    const { held } = this
    if (!held) return
    const moved = at.token !== undefined && at.token !== held.token
    this.held = { ...held, ...this.preview, ...(moved && at.column === undefined ? { column: undefined } : {}), ...at }
    this.preview = undefined
    this.#options.held(this.held)
  }

  letGo(): void {
    if (this.preview) this.preview = undefined
    else this.#options.letGo?.()
  }

  fetch(): Promise<void> {
    return Promise.resolve()
  }
}
