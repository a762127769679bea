/** What two texts side by side offer to be taken away: the row of the token in focus in each, and the difference. */

import type { Answer } from '../engine/protocol.ts'
import { strings } from '../strings.ts'
import type { Offer } from '../take/offers.svelte.ts'

/** `names`: of the pairs; `of`: of the token that looks; `second`: the other text. */
export function pairOffer(
  { firstRow, secondRow, row }: Answer<'difference'>,
  { names, of, second, where }: { names: readonly string[]; of: string; second: string; where: string },
): Offer {
  const say = strings.pair
  const points = (share: number) => ({ value: share, says: strings.percent(share) })
  return {
    file: 'two-texts',
    title: say.take(of, where),
    caption: [say.takeSecond(second)],
    table: () => ({
      head: [say.token, say.first, say.second, say.less],
      rows: names.map((name, n) => [name, firstRow[n], secondRow[n], row[n]]),
    }),
    chart: () => ({
      barTable: {
        rowTitle: say.token,
        columns: [
          { title: say.first, colour: 'looked', full: 1 },
          { title: say.second, colour: 'looked', full: 1 },
          { title: say.less, colour: 'plain' },
        ],
        rows: names.map((label, n) => ({
          label,
          cells: [points(firstRow[n]!), points(secondRow[n]!), { value: row[n]!, says: say.change(row[n]!) }],
        })),
      },
    }),
  }
}
