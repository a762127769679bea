/** What can be taken away of Across: the matrix of the head that is shown. */

import { type Looks, matrixOf, type Picture } from '../state/picture.ts'
import type { Offer } from '../take/offers.svelte.ts'
import { asText, type Part } from '../words/statement.ts'
import { acrossStrings as say } from './strings.ts'

export function crossOffer({ reading, layer, head, rows, labels }: Picture<Looks>, said: readonly Part[], where: string): Offer {
  const weights = matrixOf(reading, layer, head)
  const row = (n: number): Float32Array => weights.subarray(n * labels.length, (n + 1) * labels.length)
  return {
    file: `across-layer-${layer}-head-${head}`,
    title: say.offer(where),
    caption: [asText(said)],
    table: () => ({ head: [say.rows, ...labels], rows: rows.map((label, n) => [label, ...row(n)]) }),
    chart: () => ({
      heatMap: {
        rows,
        columns: labels,
        rowTitle: say.rows,
        columnTitle: say.columns,
        values: weights,
        scale: { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: say.figure },
        measure: say.weight,
      },
    }),
  }
}
