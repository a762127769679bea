/** Answers what Cost asks. */

import { cost, type Pattern, patterns, powerLaw, quality, shortestPath } from 'regard/lens'
import type { Model } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { CostQuestions } from '../questions/cost.ts'

/**
 * Numbers of all tokens together (their scores for every word, or their last vectors) up to which quality is measured unasked, and at all:
 * several times as many are held while it is.
 */
const UNASKED = 2 ** 21
const MOST = 2 ** 24

export const costAnswers: Answers<keyof CostQuestions> = {
  async timed(_, { n, window }, progress, signal) {
    const from = performance.now()
    const list = compared(window)
    const found = await cost({ lengths: [n], patterns: list, signal, onProgress: (done, of) => progress(done / of) })
    const [{ flops, steps }] = found.recurrent as [(typeof found.recurrent)[number]]
    return {
      n,
      costs: found.series.map(({ pattern, says, points }) => ({ pattern, says, point: points[0]! })),
      recurrent: { flops, steps },
      heads: found.heads,
      headWidth: found.headWidth,
      laps: found.laps,
      took: performance.now() - from,
      engine: String(found.engine),
    }
  },

  async fitted(_, { x, lists }) {
    return lists.map((y) => powerLaw(x, y))
  },

  async reaches(_, { n, from, to, window }) {
    const made = []
    for (const pattern of [...compared(window), 'recurrent'] as const) {
      const path = await shortestPath(pattern, n, { from, to })
      made.push({ pattern: pattern === 'recurrent' ? pattern : pattern.name, recurrent: pattern === 'recurrent', path })
    }
    return made
  },

  async quality(desk, { run: number, asked }, progress, signal) {
    const { model } = desk
    const { tokens, text } = desk.run(number)
    const numbers = tokens.length * perToken(model)
    if (numbers > MOST) throw new RangeError(`${tokens.length} tokens are too many for this page; regard cost --text measures them`)
    if (numbers > UNASKED && !asked) return 'ask'
    const list = patterns.windows(tokens.length, { both: !model.config.causal })
    const input = text ?? tokens.map(({ id }) => id)
    return await quality(model, input, list, { signal, onProgress: (done, of) => progress(done / of) })
  },
}

/** What stands side by side. */
const compared = (window: number): Pattern[] => [patterns.dense, patterns.causal, patterns.window(window), patterns.bigBird()]

const perToken = ({ config, network }: Model): number => (network.logits ? config.vocabulary : config.width)
