/** A part of the page whose code comes when it is first wanted. */

import { tick } from 'svelte'

export class Later<Part> {
  /** Undefined until it has come. */
  part = $state.raw<Part>()
  /** Why it did not come. */
  problem = $state<string>()
  readonly #load: () => Promise<{ default: Part }>

  constructor(load: () => Promise<{ default: Part }>) {
    this.#load = load
  }

  /** Resolves when it is there and drawn, or has a `problem`. */
  async come(): Promise<void> {
    try {
      this.part ??= (await this.#load()).default
      this.problem = undefined
      await tick()
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error)
    }
  }
}
