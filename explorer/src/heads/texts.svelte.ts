/** The reader's further texts, one a line. They are in the address while that stays short, and only in this page when they are longer. */

import type { Address } from '../state/address.svelte.ts'
import { fitsAddress, linesIn } from './texts.ts'

class Texts {
  /** What does not fit into the address. */
  #long = $state.raw<string>()

  written(address: Address): string {
    return address.own.headtexts ?? this.#long ?? ''
  }

  write(address: Address, text: string): void {
    const short = fitsAddress(text)
    this.#long = short ? undefined : text
    address.keep({ headtexts: short && linesIn(text).length > 0 ? text : undefined })
  }

  get inAddress(): boolean {
    return this.#long === undefined
  }
}

export const furtherTexts = new Texts()
