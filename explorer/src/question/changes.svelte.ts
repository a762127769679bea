/** The changes that are made to a run. The address is the list: Back, Forward and links change it too. */

import type { EditData } from '../engine/questions/question.ts'
import type { Address } from '../state/address.svelte.ts'
import { format, parse, silences } from './edits.ts'

export class Changes {
  readonly #address: () => Address
  readonly list: readonly EditData[] = $derived.by(() => parse(this.#address().own.edits))
  #undone = $state.raw<readonly (readonly EditData[])[]>([])
  #history = $state.raw<readonly (readonly EditData[])[]>([])

  constructor(address: () => Address) {
    this.#address = address
  }

  get undoable(): boolean {
    return this.list.length > 0 || this.#history.length > 0
  }

  get redoable(): boolean {
    return this.#undone.length > 0
  }

  make(edit: EditData): void {
    this.#become([...this.list, edit])
  }

  drop(edit: EditData): void {
    this.#become(this.list.filter((each) => each !== edit))
  }

  clear(): void {
    this.#become([])
  }

  /** Silences a head, or lets it speak. */
  toggle(layer: number, head: number): void {
    const known = silences(this.list, layer, head)
    if (known) this.drop(known)
    else this.make({ ablate: 'head', layer, head })
  }

  /** What a link brought along is undone from its end. */
  undo(): void {
    const last = this.#history.at(-1) ?? (this.list.length > 0 ? this.list.slice(0, -1) : undefined)
    if (!last) return
    this.#history = this.#history.slice(0, -1)
    this.#undone = [...this.#undone, this.list]
    this.#keep(last)
  }

  redo(): void {
    const next = this.#undone.at(-1)
    if (!next) return
    this.#undone = this.#undone.slice(0, -1)
    this.#history = [...this.#history, this.list]
    this.#keep(next)
  }

  #become(next: readonly EditData[]): void {
    this.#history = [...this.#history, this.list]
    this.#undone = []
    this.#keep(next)
  }

  #keep(list: readonly EditData[]): void {
    this.#address().keep({ edits: format(list) })
  }
}
