/**
 * The one shared state: the text, what was read of it, and what is looked at. Pointing previews, click or Enter holds, Escape lets
 * go. Every view draws `picture` and nothing else, so that all of them agree at every moment.
 */

import { exampleFor } from 'regard/model'
import { Crashed, type Engine, Refused } from '../engine/client.ts'
import type { Opened } from '../engine/protocol.ts'
import type { Opening, Reading, Window, Wishes } from '../engine/questions/read.ts'
import { modelStrings } from '../models/strings.ts'
import { strings } from '../strings.ts'
import { type Edit, editBetween } from '../words/edit.ts'
import { follow } from '../words/tokens.ts'
import type { Address } from './address.svelte.ts'
import { firstToken } from './apart.svelte.ts'
import type { Fragment, Held } from './fragment.ts'
import type { Models } from './models.svelte.ts'
import { type Picture, pictureOf, shortPicture } from './picture.ts'

/** A model that reads this fast reads at every key; a slower one waits for a pause of as long as it takes, within reason. */
const FAST_MS = 80
const LONGEST_PAUSE_MS = 300
/** The rule that Escape falls back to is looked up when nothing else is going on. */
const IDLE_MS = 300
/** A worker that dies this often in a row is not started again by itself. */
const MOST_CRASHES = 3

interface Drawn {
  readonly reading: Reading
  readonly shown: Held
  readonly window: Window
  readonly apart: boolean
}

export type Preview = Partial<Held>

export class Reader {
  text = $state('')
  /** The last text that could be read. */
  reading = $state.raw<Reading>()
  /** Where the rule opens `reading`; it may come a little later. */
  opening = $state.raw<Opening & { readonly reading: Reading }>()
  /** Why `text` could not be read, in one line. */
  problem = $state<string>()
  /** Something worth saying that is not a problem of the text. */
  remark = $state<string>()
  dead = $state<string>()
  held = $state.raw<Held>()
  preview = $state.raw<Preview>()
  /** The part of a long matrix that is in view. */
  window = $state.raw<Window>({ r0: 0, r1: 0, c0: 0, c1: 0 })

  /** Which models there are, and which one reads. */
  readonly models: Models
  #engine: Engine
  #address: Pick<Address, 'show'>
  #timer: ReturnType<typeof setTimeout> | undefined
  #busy = false
  #crashes = 0
  #wishes: Partial<Held> = {}
  /** A link or another model was opened: what was held before it counts no more. */
  #anew = true
  /** What stands there until somebody writes: the example of the model that reads. */
  #example: string | undefined
  #fetched = $state.raw<Picture>()
  #idle: ReturnType<typeof setTimeout> | undefined
  #ruled: { reading: Reading; answer: Promise<Opening> } | undefined
  #fetching: Promise<void> | undefined
  #drawn: Drawn | undefined

  readonly shown = $derived.by((): Held | undefined => (this.held ? { ...this.held, ...this.preview } : undefined))
  readonly picture = $derived.by((): Picture | undefined => {
    if (!this.reading || !this.shown) return undefined
    return this.reading.weights ? shortPicture(this.reading, { ...this.shown, apart: firstToken.apart }) : this.#fetched
  })
  /** The text stands as it was read. */
  readonly current = $derived(this.reading !== undefined && this.reading.text === this.text)

  /** `address` hears what is shown. */
  constructor(engine: Engine, models: Models, address: Pick<Address, 'show'>) {
    this.#engine = engine
    this.models = models
    this.#address = address
    engine.onCrash = (reason) => this.#recover(reason)
  }

  /** What runs; undefined until a model is open, and while another comes in its place. */
  get opened(): Opened | undefined {
    return this.models.opened
  }

  /** Is what a link says what is shown? Then there is nothing to read. */
  shows({ text, model, held }: Fragment): boolean {
    const names = ['layer', 'head', 'token', 'column'] as const
    const same = model === undefined || model === this.models.chosen?.link
    return same && text === this.text && names.every((name) => held[name] === this.held?.[name])
  }

  /** Shows what a link says; what it leaves open is chosen by the opening rule. */
  open(fragment: Fragment): void {
    const { model = this.models.chosen?.link } = fragment
    if (model !== undefined) this.choose(model)
    this.#example = fragment.text === undefined ? exampleFor(model) : undefined
    this.#wishes = fragment.held
    this.#anew = true
    this.preview = undefined
    this.text = fragment.text ?? (this.text || exampleFor(model))
    this.#soon(0)
  }

  /**
   * Reads with another model, by what links call it. What was held counts no more; the text stays, unless it is the example of the model
   * before.
   */
  choose(link: string): void {
    if (this.models.choose(link)) this.#begin()
  }

  /** Back to the model before, while another loads. */
  cancel(): void {
    this.models.cancel()
  }

  type(text: string): void {
    this.preview = undefined
    this.remark = this.models.notice = undefined
    this.text = text
    this.#soon(this.#pause())
  }

  point(at: Preview | undefined): void {
    this.preview = at
  }

  /** Holds what is shown, with `at` on top. */
  hold(at: Preview = {}): void {
    const { held, reading } = this
    if (!held || !reading) return
    const moved = at.token !== undefined && at.token !== held.token
    this.held = { ...held, ...this.preview, ...(moved && at.column === undefined ? { column: undefined } : {}), ...at }
    this.preview = undefined
    this.#write()
  }

  /** Lets go of the preview; without one, of what is held: then the rule chooses. */
  async letGo(): Promise<void> {
    const { reading } = this
    if (this.preview || !reading) {
      this.preview = undefined
      return
    }
    this.#wishes = {}
    const opening = await this.#rule(reading).catch(() => undefined)
    if (!opening || reading !== this.reading) return
    this.held = this.#granted(reading, opening)
    this.#write()
  }

  restart(): void {
    this.dead = undefined
    this.#crashes = 0
    this.#soon(0)
  }

  /** Sees to it that a long text's picture is what is wanted. One question at a time, the latest wins. */
  fetch(): Promise<void> {
    if (this.#lacks()) this.#fetching ??= this.#fill()
    return this.#fetching ?? Promise.resolve()
  }

  async #fill(): Promise<void> {
    try {
      for (let wanted = this.#lacks(); wanted; wanted = this.#lacks()) await this.#draw(wanted)
    } finally {
      this.#fetching = undefined
    }
  }

  async #draw(wanted: Drawn): Promise<void> {
    const { reading, shown, window } = wanted
    try {
      const { row, tile } = await this.#engine.ask('picture', { run: reading.run, ...shown, row: shown.token, window })
      const width = window.c1 - window.c0
      const asked = { ...shown, apart: wanted.apart }
      this.#fetched = pictureOf(reading, asked, row, window, (i, j) => tile[(i - window.r0) * width + j - window.c0]!)
    } catch {
      // The worker died, or the run is old: a new reading is on its way and brings its own picture.
    }
    this.#drawn = wanted
  }

  /** What is wanted of a long text and not drawn yet. */
  #lacks(): Drawn | undefined {
    const { reading, shown, window } = this
    if (!reading || !shown || reading.weights) return undefined
    const drawn = this.#drawn
    const { apart } = firstToken
    if (drawn?.reading === reading && drawn.shown === shown && drawn.window === window && drawn.apart === apart) return undefined
    return { reading, shown, window, apart }
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#read(), ms)
  }

  /** Reads the text as it stands. Texts typed meanwhile are read after it, only the last of them. */
  async #read(): Promise<void> {
    if (this.#busy || this.dead) return
    this.#busy = true
    let { text, opened } = this
    const stands = (): boolean => this.text === text && this.opened === opened
    try {
      opened = await this.models.open()
      text = this.#suited()
      if (text.trim() === '') throw new Refused(strings.status.empty)
      const reading = await this.#engine.ask('read', { text })
      if (!stands()) return
      const held = (this.#anew ? undefined : this.#followed(reading)) ?? this.#granted(reading, await this.#rule(reading))
      if (stands()) this.#accept(reading, held)
    } catch (error) {
      if (stands()) this.#fail(error)
    } finally {
      this.#busy = false
      if (!stands()) this.#soon(0)
    }
  }

  /** The text as it stands; the example of one model gives way to that of another. */
  #suited(): string {
    const example = exampleFor(this.models.chosen?.link)
    if (this.text === this.#example) this.text = example
    this.#example = example
    return this.text
  }

  /** Nothing of what another model read is left. */
  #begin(): void {
    clearTimeout(this.#idle)
    this.reading = this.opening = this.held = this.preview = undefined
    this.problem = this.remark = this.dead = undefined
    this.#fetched = this.#drawn = this.#ruled = undefined
    this.#wishes = {}
    this.#anew = true
    this.#crashes = 0
    this.#soon(0)
  }

  /** The example opens on the word that it is an example of. */
  #wishesFor(text: string): Wishes {
    return text === strings.example && this.#wishes.token === undefined
      ? { ...this.#wishes, offset: strings.exampleLooks }
      : this.#wishes
  }

  #accept(reading: Reading, held: Held): void {
    this.#crashes = 0
    this.#anew = false
    this.problem = undefined
    this.preview = undefined
    this.held = held
    this.reading = reading
    this.#write()
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#rule(reading).catch(() => {}), IDLE_MS)
  }

  /** Where the rule opens a reading: asked once. */
  #rule(reading: Reading): Promise<Opening> {
    if (this.#ruled?.reading !== reading) {
      const answer = this.#engine.ask('opening', { run: reading.run, wishes: this.#wishesFor(reading.text) })
      this.#ruled = { reading, answer }
      answer.then(
        (opening) => {
          this.opening = { reading, ...opening }
        },
        () => {},
      )
    }
    return this.#ruled!.answer
  }

  #pause(): number {
    const took = this.reading?.milliseconds ?? 0
    return took < FAST_MS ? 0 : Math.min(took, LONGEST_PAUSE_MS)
  }

  #fail(error: unknown): void {
    if (error instanceof Crashed) return
    const reason = error instanceof Error ? error.message : String(error)
    if (this.opened && error instanceof Refused) this.problem = reason
    else this.dead = this.opened ? strings.status.dead(reason) : modelStrings.failed(this.models.chosen?.name ?? '', reason)
    this.#write()
  }

  /** The worker died: the text is read again by a new one, unless that keeps happening. */
  #recover(reason: string): void {
    this.models.lost()
    if (++this.#crashes >= MOST_CRASHES && !this.models.retreat(reason)) {
      this.dead = strings.status.dead(reason)
      return
    }
    this.remark = strings.status.crashed
    this.#soon(0)
  }

  /** What is held after an edit: the same head, the same word. Undefined if the whole text is another. */
  #followed(after: Reading): Held | undefined {
    const { reading: before, held } = this
    if (!before || !held) return undefined
    const edit: Edit = editBetween(before.text, after.text)
    const token = follow(before.tokens, held.token, edit, after.tokens)
    if (token === undefined) return undefined
    const column = held.column === undefined ? undefined : follow(before.tokens, held.column, edit, after.tokens)
    return { ...held, token, column }
  }

  /** What the link asked for where it can be had, else what the rule opens. */
  #granted({ tokens, layers, heads }: Reading, opening: Opening): Held {
    const { layer, head, token, column } = this.#wishes
    this.#wishes = {}
    const within = (n: number | undefined, end: number): n is number => n !== undefined && n < end
    return {
      layer: within(layer, layers) ? layer : opening.layer,
      head: head === 'mean' || within(head, heads) ? head : opening.head,
      token: within(token, tokens.length) ? token : opening.token,
      column: within(column, tokens.length) ? column : undefined,
    }
  }

  #write(): void {
    this.#address.show(this.text, this.held, this.models.chosen?.link)
  }
}
