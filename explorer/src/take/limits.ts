/** How much can be taken away. */

import type { Kind } from './files.ts'
import type { Offer } from './offers.svelte.ts'

/** Up to this many tokens the numbers of a matrix are given one by one. */
export const WHOLE = 1024
/** Of longer texts a picture is at most so many numbers wide. */
export const PICTURE = 512

/** Has an offer the makings of a file? */
export const HAS: Readonly<Record<Kind, (offer: Offer) => boolean>> = {
  png: ({ chart, image }) => (chart ?? image) !== undefined,
  svg: ({ chart }) => chart !== undefined,
  csv: ({ table }) => table !== undefined,
  json: ({ table, data }) => (table ?? data) !== undefined,
  html: ({ chart, table }) => (chart ?? table) !== undefined,
}
