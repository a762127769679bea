/** What can be taken away of Write. */

import type { Written } from '../engine/questions/write.ts'
import { strings } from '../strings.ts'
import type { Offer } from '../take/offers.svelte.ts'
import { writeStrings as say } from './strings.ts'

/** What could come next, with what the model and the rules say to each. `after`: the token before. */
export const nextOffer = ({ next }: Pick<Written, 'next'>, after: string): Offer => ({
  file: 'next',
  title: `${say.next} ${say.after(after)}`,
  table: () => ({
    head: say.columns,
    rows: next.map(({ id, text, probability, odds }) => [id, text, probability, odds]),
  }),
  chart: () => ({
    barTable: {
      rowTitle: say.columns[1],
      columns: [{ title: say.columns[2], colour: 'plain' }],
      rows: next.map(({ text, probability }) => ({
        label: text,
        cells: [{ value: probability, says: strings.percent(probability) }],
      })),
    },
  }),
})
