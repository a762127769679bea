/** The address of the page: which view is open, and what each view keeps there. Text and selection are the reader's to say. */

import { firstToken } from './apart.svelte.ts'
import { type Fragment, formatFragment, type Held, type Own, parseFragment, VIEWS, type ViewId } from './fragment.ts'

export class Address {
  view = $state<ViewId>(VIEWS[0])
  /** What views keep in the fragment, by name: `own.stop`. */
  own = $state.raw<Own>({})
  #text: string | undefined
  #held: Held | undefined
  #model: string | undefined

  /** Takes what the address says. */
  take(): Fragment {
    const fragment = parseFragment(location.hash)
    this.view = fragment.view
    this.own = fragment.own
    firstToken.apart = fragment.own.apart === 'first'
    return fragment
  }

  /** The reader shows another text, holds something else, or has another model. */
  show(text: string, held: Held | undefined, model: string | undefined): void {
    this.#text = text
    this.#held = held
    this.#model = model
    this.#replace()
  }

  /** A view keeps something in the address; undefined takes it out. Nothing is added to the history. */
  keep(fields: Readonly<Record<string, string | undefined>>): void {
    const entries = Object.entries({ ...this.own, ...fields })
    this.own = Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
    firstToken.apart = this.own.apart === 'first'
    this.#replace()
  }

  /** Where a view stands with everything else as it is; `fields` are its own. */
  hrefOf(view: ViewId, fields: Own = {}): string {
    return formatFragment(this.#text ?? '', this.#held, view, { ...this.own, ...fields }, this.#model)
  }

  /** Opens a view; the browser's Back leads out of it again. */
  go(view: ViewId, fields: Own = {}): void {
    this.view = view
    this.own = { ...this.own, ...fields }
    const to = this.hrefOf(view)
    if (this.#text !== undefined && to !== location.hash) history.pushState(null, '', to)
  }

  #replace(): void {
    if (this.#text === undefined) return
    const to = this.hrefOf(this.view)
    if (to !== location.hash) history.replaceState(null, '', to)
  }
}
