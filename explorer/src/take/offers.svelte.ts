/** What a view has to take away. The matrix of the head that is shown is offered in every view; a view adds what it alone shows. */

import type { BarTable, HeatMap, LinePlot } from 'regard/picture'
import { untrack } from 'svelte'

/** A chart of regard/picture, as plain data; title and caption are added. */
export type ChartData =
  | { readonly heatMap: Bare<HeatMap> }
  | { readonly linePlot: Bare<LinePlot> }
  | { readonly barTable: Bare<BarTable> }
type Bare<T> = Omit<T, 'title' | 'caption'>

export interface Table {
  readonly head: readonly string[]
  /** Numbers are written with every digit that a 32-bit number has; undefined leaves the cell empty. */
  readonly rows: readonly (readonly (string | number | undefined)[])[]
}

/**
 * One thing that can be taken away, as the files that it has the makings of: `chart` gives PNG, SVG and the page, `table` CSV, the table of
 * the page and JSON. They are asked for when the reader asks for the file, and may take their time.
 */
export interface Offer {
  /** The file is called after the text and this: `worth`. Small letters, digits and hyphens. */
  readonly file: string
  /** What it is, in the reader's words: `What each link of it is worth`. */
  readonly title: string
  /** Under the picture, one sentence each: what was measured, and how. Model, text and title are added. */
  readonly caption?: readonly string[]
  chart?(): ChartData | Promise<ChartData>
  table?(): Table | Promise<Table>
  /** Fields of the JSON beside model, text and tokens. Default: `columns` and `rows` of the table. */
  data?(): object | Promise<object>
  /** The picture as it is on the screen, where no chart can say it: PNG. */
  image?(): Promise<Blob>
}

class Offers {
  #parts = $state.raw<readonly (readonly Offer[])[]>([])
  readonly list = $derived(this.#parts.flat())

  add(part: readonly Offer[]): void {
    this.#parts = [...untrack(() => this.#parts), part]
  }

  drop(part: readonly Offer[]): void {
    this.#parts = untrack(() => this.#parts).filter((each) => each !== part)
  }
}

export const offers = new Offers()

/**
 * Called once while a view, or a part of one, is set up; what it offers follows what it shows. `of` reads the view's state and returns at
 * once.
 *
 *     offer(() => (found ? [{ file: 'heads', title: 'The heads found', table: () => tableOf(found) }] : []))
 */
export function offer(of: () => readonly Offer[]): void {
  $effect(() => {
    const part = of()
    offers.add(part)
    return () => offers.drop(part)
  })
}
