/**
 * The views of the page. A view is a Svelte component in a folder of its own, loaded when it is first opened. To add one:
 *
 * 1. its name and its loader, a line each, here; its title in `strings.views`; what it says in a file of strings of its own folder,
 *    if it says more than a few words;
 * 2. what it asks the worker: `engine/questions/<view>.ts` (types; one line in `engine/protocol.ts`) and `engine/answers/<view>.ts`
 *    (one entry in `engine/serve.ts`, fetched with the first question). Numbers come from there alone, computed by the library;
 * 3. what of it can be taken away, besides the matrix of the head that is shown: `offer(() => [{ file, title, table, chart }])` of
 *    `take/offers.svelte.ts`, called once while the view is set up; from table and chart Take away makes CSV, JSON, PNG, SVG and a page;
 * 4. a test that reads what the view shows and holds it against the library's float64.
 *
 * Header, sentence and statement stay above every view; text, selection and view are in the address (`state/address.svelte.ts`).
 */

import type { Component } from 'svelte'
import type { Requests } from './engine/protocol.ts'
import type { Address } from './state/address.svelte.ts'
import type { ViewId } from './state/fragment.ts'
import type { Reader } from './state/reader.svelte.ts'

/** What every view is given. */
export interface ViewProps {
  /**
   * The one shared state. `reader.picture` is all that is drawn at a moment: text, tokens and their labels, layer, head, token, column,
   * the row of weights. `reader.point(…)` previews, `reader.hold(…)` holds, `reader.letGo()` lets go.
   */
  readonly reader: Reader
  /** Asks the worker. `picture.reading.run` names the run in questions; `reader.opened` says what model runs. */
  readonly requests: Requests
  /** Which view is open, and fields of the fragment that are a view's own. */
  readonly address: Address
  /** How wide the view may be, in pixels. */
  readonly room: number
}

export type ViewComponent = Component<ViewProps>

/** In the order of the tabs and of Alt-1, Alt-2, … */
export const views: Readonly<Record<ViewId, () => Promise<{ default: ViewComponent }>>> = {
  read: () => import('./read/Read.svelte'),
  understand: () => import('./understand/Understand.svelte'),
  question: () => import('./question/Question.svelte'),
  heads: () => import('./heads/Heads.svelte'),
  meaning: () => import('./meaning/Meaning.svelte'),
  write: () => import('./write/Write.svelte'),
  across: () => import('./across/Across.svelte'),
  fly: () => import('./fly/Fly.svelte'),
  map: () => import('./map/Map.svelte'),
  cost: () => import('./cost/Cost.svelte'),
}
