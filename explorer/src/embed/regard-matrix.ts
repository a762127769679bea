/**
 * `<regard-matrix text="The animal didn't cross the street because it was too tired." layer="3" head="1">`: the matrix of the Read
 * view in a page of one's own, from any origin, with one script tag. It reads with the embedded encoder, or with the model whose folder
 * `model` names. `layer`, `head` (a number or `mean`), `token` and `column` say what is held; without them the opening rule does.
 * The sentence is not sent anywhere: the model comes to the page.
 *
 * It fires `regard-hold` (detail: layer, head, token, column) whenever the reader holds something else.
 */

import { mount, unmount } from 'svelte'
import { Engine } from '../engine/client.ts'
import workerUrl from '../engine.worker.ts?worker&url'
import look from '../look.css?inline'
import type { Fragment, Held } from '../state/fragment.ts'
import { type Listing, listingAt } from '../state/listing.ts'
import { Models } from '../state/models.svelte.ts'
import { Reader } from '../state/reader.svelte.ts'
import Embedded from './Embedded.svelte'

/** Scripts of another origin may not be workers, but a worker of this one may import them. */
function startWorker(): Worker {
  const url = new URL(workerUrl, import.meta.url).href
  const wrapper = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)}`], { type: 'text/javascript' }))
  const worker = new Worker(wrapper, { type: 'module', name: 'regard' })
  setTimeout(() => URL.revokeObjectURL(wrapper), 60_000)
  return worker
}

const ATTRIBUTES = ['text', 'model', 'layer', 'head', 'token', 'column'] as const

export class RegardMatrix extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES
  #engine: Engine | undefined
  #reader: Reader | undefined
  #view: Record<string, unknown> | undefined

  connectedCallback(): void {
    if (this.#view) return
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    const style = document.createElement('style')
    style.textContent = look.replaceAll(':root', ':host').replaceAll('body {', ':host {')
    root.replaceChildren(style)
    const engine = new Engine(startWorker)
    const show = (_text: string, held: Held | undefined): void => {
      if (held) this.dispatchEvent(new CustomEvent('regard-hold', { detail: held, bubbles: true, composed: true }))
    }
    const reader = new Reader(engine, new Models(engine, this.#offered()), { show })
    reader.open(this.#fragment())
    this.#engine = engine
    this.#reader = reader
    this.#view = mount(Embedded, { target: root, props: { reader } })
  }

  disconnectedCallback(): void {
    if (this.#view) void unmount(this.#view)
    this.#engine?.stop()
    this.#view = undefined
    this.#reader = undefined
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#reader || before === after) return
    if (name === 'model') {
      this.disconnectedCallback()
      this.connectedCallback()
    } else this.#reader.open(this.#fragment())
  }

  async #offered(): Promise<Listing> {
    const model = this.getAttribute('model')
    if (model === null) return { offered: [{ name: 'encoder', link: 'encoder', source: { address: 'encoder' } }] }
    return listingAt(new URL(model.endsWith('/') ? model : `${model}/`, document.baseURI).href)
  }

  #fragment(): Fragment {
    const number = (name: string): number | undefined => {
      const value = this.getAttribute(name)
      return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : undefined
    }
    const entries = {
      layer: number('layer'),
      head: this.getAttribute('head') === 'mean' ? ('mean' as const) : number('head'),
      token: number('token'),
      column: number('column'),
    }
    return {
      text: this.getAttribute('text') ?? undefined,
      model: undefined,
      held: Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)),
      view: 'read',
      own: {},
    }
  }
}

if (!customElements.get('regard-matrix')) customElements.define('regard-matrix', RegardMatrix)
