/** Answers what Fly asks. */

import { slice } from 'regard'
import type { Run } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { FlyQuestions } from '../questions/fly.ts'

/** Of the values, how many the colour scale tells apart. */
const TOLD_APART = 0.99

export const flyAnswers: Answers<keyof FlyQuestions> = {
  async streams(desk, { run, from, to }) {
    const read = desk.run(run)
    const { layers } = read.config
    const width = read.hidden(0).shape[2]!
    const values = new Float32Array((layers + 1) * (to - from) * width)
    for (let level = 0; level <= layers; level++) values.set(await stream(read, level, from, to), level * (to - from) * width)
    return { values, width, limit: limitOf(values) }
  },

  async weights(desk, { run, from, to }) {
    const read = desk.run(run)
    const { layers, heads } = read.config
    const size = (to - from) ** 2
    const values = new Float32Array(layers * (heads + 1) * size)
    for (let layer = 0; layer < layers; layer++)
      for (let head = 0; head <= heads; head++) {
        const view = read.attention(layer, head === heads ? 'mean' : head)
        values.set(await view.tile(from, to, from, to), (layer * (heads + 1) + head) * size)
      }
    return values
  },
}

/** [to − from, width] of a level of the first text. */
async function stream(run: Run, level: number, from: number, to: number): Promise<ArrayLike<number>> {
  const tokens = slice(run.hidden(level), 1, from, to)
  try {
    return (await tokens.read()) as Float32Array
  } finally {
    tokens.dispose()
  }
}

function limitOf(values: Float32Array): number {
  const sizes = values.map(Math.abs).sort()
  return sizes[Math.ceil(TOLD_APART * sizes.length) - 1] ?? 0
}
