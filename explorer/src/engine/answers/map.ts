/** Answers what the map of a long text asks. */

import type { Answers } from '../desk.ts'
import type { MapQuestions } from '../questions/map.ts'

export const mapAnswers: Answers<keyof MapQuestions> = {
  async pooled(desk, { run, layer, head, window: { r0, r1, c0, c1 }, by, pooling }) {
    const view = desk.run(run).attention(layer, head)
    return await view.pooled({ rows: [r0, r1], cols: [c0, c1] }, by, pooling)
  },

  async strongest(desk, { run, layer, head, window: { r0, r1, c0, c1 } }) {
    const weights = await desk.run(run).attention(layer, head).tile(r0, r1, c0, c1)
    let best = 0
    for (let n = 1; n < weights.length; n++) if (weights[n]! > weights[best]!) best = n
    const width = c1 - c0
    return { row: r0 + Math.floor(best / width), column: c0 + (best % width), weight: weights[best]! }
  },
}
