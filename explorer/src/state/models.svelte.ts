/**
 * The models: which there are, which one is open, and how another comes in its place. There is only ever one: the one before is freed
 * first, and comes again if the new one cannot be opened.
 */

import { Crashed, type Engine } from '../engine/client.ts'
import type { Opened } from '../engine/protocol.ts'
import { modelStrings as say } from '../models/strings.ts'
import type { Hub, Listing, Offer } from './listing.ts'

/** As the library has it, roughly: it says no where this says yes. */
const HUB_NAME = /^[\w.-]+\/[\w.-]+(@[\w./-]+)?$/

export class Models {
  /** Empty until the host has said what it offers. The first is the one that opens where nobody asks for another. */
  offered = $state.raw<readonly Offer[]>([])
  /** The hub that models may be opened of by name; undefined: none is allowed. */
  hub = $state.raw<Hub>()
  /** What is open, or on its way. */
  chosen = $state.raw<Offer>()
  opened = $state.raw<Opened>()
  /** Share of it that is loaded; undefined when nothing is loading. */
  loading = $state<number>()
  /** The file that is being downloaded meanwhile; then `loading` is its share. */
  fetching = $state<string>()
  /** Why it is not the model that was asked for, in one line. */
  notice = $state<string>()
  /** The last one that could be opened. */
  #proven = $state.raw<Offer>()

  readonly #engine: Engine
  readonly #listing: Promise<Listing>
  /** Asked for before it was known what there is. */
  #asked: string | undefined

  constructor(engine: Engine, listing: Promise<Listing>) {
    this.#engine = engine
    this.#listing = listing
  }

  /** Is there another to go back to while this one loads? */
  readonly canCancel = $derived.by(() => this.loading !== undefined && this.#proven !== undefined && this.#proven !== this.chosen)

  /** Offers one more. It takes the place of one that links call the same. */
  add(offer: Offer): void {
    this.offered = [...this.offered.filter(({ link }) => link !== offer.link), offer]
  }

  /** Asks for another model, as links call it; `open` brings it. False if that changes nothing. */
  choose(link: string): boolean {
    if (this.offered.length === 0) {
      this.#asked = link
      return true
    }
    const offer = this.#find(link)
    if (!offer) this.notice = say.unknown(link)
    if (!offer || (offer === this.chosen && (this.opened || this.loading !== undefined))) return false
    this.#take(offer)
    return true
  }

  /** Back to the model before. */
  cancel(): void {
    if (this.canCancel) this.#take(this.#proven!)
  }

  /** Opens what was asked for; what is asked for meanwhile is opened instead. Rejects where nothing can be opened. */
  async open(): Promise<Opened> {
    if (this.opened) return this.opened
    await this.#begin()
    try {
      for (;;) {
        const opened = await this.#attempt(this.chosen!)
        if (opened) return opened
      }
    } finally {
      this.loading = undefined
    }
  }

  /** The worker died. */
  lost(): void {
    this.opened = undefined
  }

  /** The model that was asked for keeps the worker from living: back to the one before, if there is one. */
  retreat(reason: string): boolean {
    const from = this.chosen
    if (!from || !this.#proven || this.#proven === from) return false
    this.chosen = this.#proven
    this.notice = say.failed(from.name, reason)
    return true
  }

  async #begin(): Promise<void> {
    this.#engine.start()
    if (this.offered.length === 0) ({ offered: this.offered, hub: this.hub } = await this.#listing)
    if (this.chosen) return
    const found = this.#asked === undefined ? undefined : this.#find(this.#asked)
    if (this.#asked !== undefined && !found) this.notice = say.unknown(this.#asked)
    this.chosen = found ?? this.offered[0]!
  }

  /** Undefined: it is another's turn. */
  async #attempt(offer: Offer): Promise<Opened | undefined> {
    this.loading = 0
    try {
      const progress = (share: number, file?: string): void => {
        if (offer === this.chosen) [this.loading, this.fetching] = [share, file]
      }
      const opened = await this.#engine.ask('open', { source: offer.source, name: offer.name }, { progress })
      if (offer !== this.chosen) return undefined
      this.#proven = offer
      if (!this.offered.includes(offer)) this.add(offer)
      this.opened = opened
      return opened
    } catch (error) {
      if (offer !== this.chosen) return undefined
      if (error instanceof Crashed || !this.retreat((error as Error).message)) throw error
      return undefined
    } finally {
      this.fetching = undefined
    }
  }

  #take(offer: Offer): void {
    // What is being loaded is not worth waiting for.
    if (this.loading !== undefined) this.#engine.renew()
    this.opened = undefined
    this.notice = undefined
    this.chosen = offer
  }

  /** What stands at that name on the hub, if there is one that may be asked. */
  #onHub(link: string): Offer | undefined {
    if (!this.hub || !HUB_NAME.test(link)) return undefined
    const { address, through } = this.hub
    return {
      name: link.split(/[/@]/)[1]!,
      link,
      source: { id: link, hub: address, ...(through !== undefined && { through }) },
    }
  }

  #find(link: string): Offer | undefined {
    return this.offered.find((each) => each.link === link) ?? this.#onHub(link)
  }
}
