/** What Question offers to be taken away: what each link is worth, and the head with the changes. */

import type { EditData, Edited, Worth } from '../engine/questions/question.ts'
import { strings } from '../strings.ts'
import type { Offer } from '../take/offers.svelte.ts'
import { takeStrings } from '../take/strings.ts'
import { fullName } from '../words/name.ts'
import { brief } from '../words/numbers.ts'
import { nameOfEdit } from './edits.ts'
import { questionStrings as say } from './strings.ts'

/** Rows in a picture. */
const MOST = 24

/** `where`: the layer and head. */
export function worthOffer(
  { measure, cut, weights, effects }: Worth,
  labels: readonly string[],
  token: number,
  where: string,
): Offer {
  const order = Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]! || a - b)
  return {
    file: 'worth',
    title: say.takeWorth(fullName(labels, token), where),
    caption: [say.worthHow(measure, cut), ...(order.length > MOST ? [say.takeFirst(MOST)] : [])],
    table: () => ({
      head: [say.takeNumber, say.takeToken, say.takeLooked, say.takeMattered],
      rows: order.map((j) => [j, labels[j], weights[j], effects[j]]),
    }),
    chart: () => ({
      barTable: {
        rowTitle: say.takeToken,
        columns: [
          { title: say.takeLooked, colour: 'looked', full: 1 },
          { title: say.takeMattered, colour: 'mattered' },
        ],
        rows: order.slice(0, MOST).map((j) => ({
          label: fullName(labels, j),
          cells: [
            { value: weights[j]!, says: strings.percent(weights[j]!) },
            { value: effects[j]!, says: brief(effects[j]!) },
          ],
        })),
      },
    }),
  }
}

/** The matrix, or of a long text the row, with the changes. */
export function editedOffer(
  { after, whole, token, effect }: Edited,
  labels: readonly string[],
  { edits, before, heads, where }: { edits: readonly EditData[]; before: readonly string[]; heads: number; where: string },
): Offer {
  const rows = whole ? labels : [labels[token]!]
  return {
    file: 'changed',
    title: say.takeChanged(where),
    caption: [
      say.takeEdits(edits.map((edit) => nameOfEdit(edit, before, heads)).join('; ')),
      say.takeMoved(effect.measure, brief(effect.value)),
    ],
    table: () => ({
      head: [takeStrings.corner, ...labels],
      rows: rows.map((label, i) => [label, ...after.subarray(i * labels.length, (i + 1) * labels.length)]),
    }),
    chart: () => ({
      heatMap: {
        rows,
        columns: labels,
        rowTitle: takeStrings.rows,
        columnTitle: takeStrings.columns,
        values: after,
        scale: { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: takeStrings.figure },
        measure: takeStrings.weight,
      },
    }),
  }
}
