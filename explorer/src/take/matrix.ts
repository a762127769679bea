/** The matrix of the head that is shown, as every view offers it. */

import type { Requests } from '../engine/protocol.ts'
import { matrixOf, type Picture } from '../state/picture.ts'
import { strings } from '../strings.ts'
import { asText, statement } from '../words/statement.ts'
import { PICTURE, WHOLE } from './limits.ts'
import type { Offer } from './offers.svelte.ts'
import { takeStrings as say } from './strings.ts'

/** The numbers come from the worker where they are not at hand. */
export function matrixOffer(picture: Picture, requests: Requests): Offer {
  const { reading, layer, head, labels } = picture
  const L = labels.length
  const place = { run: reading.run, layer, head }
  const window = { r0: 0, r1: L, c0: 0, c1: L }
  const weights = async (): Promise<Float32Array> =>
    reading.weights
      ? matrixOf(reading, layer, head)
      : (await requests.ask('picture', { ...place, row: picture.token, window })).tile
  const rows = async (): Promise<Float32Array[]> => {
    const all = await weights()
    return labels.map((_, i) => all.subarray(i * L, (i + 1) * L))
  }
  /** Of a long text each square is the largest of `by` × `by` weights. */
  const by = 2 ** Math.max(0, Math.ceil(Math.log2(L / PICTURE)))
  const names = by === 1 ? labels : labels.filter((_, n) => n % by === 0).map((label, n) => `${n * by} ${label}`)
  return {
    file: `layer-${layer}-head-${head}`,
    title: say.matrix(strings.statement.where(layer, head, reading.heads)),
    caption: [asText(statement(picture)), ...(by > 1 ? [say.pooled(by)] : [])],
    chart: async () => ({
      heatMap: {
        rows: names,
        columns: names,
        rowTitle: say.rows,
        columnTitle: say.columns,
        values: by === 1 ? await weights() : await requests.ask('pooled', { ...place, window, by, pooling: 'max' }),
        scale: { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: say.figure },
        measure: by === 1 ? say.weight : say.largest(by),
      },
    }),
    ...(L <= WHOLE && {
      table: async () => ({
        head: [say.corner, ...labels],
        rows: (await rows()).map((row, i) => [labels[i]!, ...row]),
      }),
      data: async () => ({
        format: 'regard-matrix',
        layer,
        head,
        heads: reading.heads,
        weights: (await rows()).map((row) => Array.from(row, (x) => Number(say.exact(x)))),
      }),
    }),
  }
}
