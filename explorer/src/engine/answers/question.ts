/** Answers what Question asks. */

import { type Edit, type Effects, effect, effectBetween, effects, type WordGuesses, wordGuesses } from 'regard/lens'
import type { Run } from 'regard/model'
import type { Answers, Desk } from '../desk.ts'
import type { Edited, Outcome, QuestionQuestions } from '../questions/question.ts'
import { inputOf } from './input.ts'

/** Up to so many tokens whole matrices are shown side by side. */
const WHOLE = 128
const GUESSES = 6
const TOP = 8

export const questionAnswers: Answers<keyof QuestionQuestions> = {
  async edited(desk, { run: number, edits: asked, layer, head, token }) {
    const run = desk.run(number)
    const edits = asked as unknown as Edit[]
    const model = desk.model
    using changed = await model.run(inputOf(run), { edits })
    const { measure, effect, token: there } = await effectBetween(run, changed, token)
    const whole = run.tokens.length <= WHOLE && changed.tokens.length <= WHOLE
    const part = (of: Run, row: number): Promise<Float32Array | Float64Array> => {
      const view = of.attention(layer, head)
      return whole ? view.all() : view.row(row)
    }
    return {
      tokens: changed.tokens.map(({ id, text, start, end, special }) => ({ id, text, start, end, special })),
      text: changed.text ?? run.text ?? '',
      token: there,
      before: Float32Array.from(await part(run, token)),
      after: Float32Array.from(await part(changed, there)),
      whole,
      effect: { measure, value: effect },
      outcome: outcomeOf(await wordGuesses(model, run, token, GUESSES), await wordGuesses(model, changed, there, GUESSES)),
    } satisfies Edited
  },

  async worth(desk, { run: number, layer, head, token }, progress) {
    const run = desk.run(number)
    const row = { row: token, layer, ...(head === 'mean' ? {} : { head }) }
    const { measure, cut, tokens } = await effect(desk.model, inputOf(run), row, {
      onProgress: ({ done, total }) => progress(total > 0 ? done / total : 1),
    })
    return {
      measure,
      cut,
      weights: Float32Array.from(tokens, ({ weight }) => weight),
      effects: Float32Array.from(tokens, (each) => each.effect),
    }
  },

  async estimated(desk, { run, layer, head, token }, progress) {
    const all = await effectsOf(desk, run, token, progress)
    const L = desk.run(run).tokens.length
    const heads = head === 'mean' ? Array.from({ length: desk.model.config.heads }, (_, n) => n) : [head]
    const sums = new Float32Array(L * L)
    for (const each of heads) {
      const { effects } = await all.tile({ layer, head: each }, [0, L], [0, L])
      for (const [n, value] of effects.entries()) sums[n]! += value
    }
    return {
      measure: all.measure,
      method: all.method,
      effects: sums,
      top: all.edges.map(({ layer, head, from, to, weight, estimate, exact }) => ({
        layer,
        head,
        from,
        to,
        weight,
        estimate,
        exact,
      })),
      agreement: all.agreement.edges.spearman,
    }
  },
}

/** Estimates of one token's links stay at hand until another's are asked for. */
let kept: { readonly run: Run; readonly token: number; readonly effects: Effects } | undefined

async function effectsOf(desk: Desk, number: number, token: number, progress: (share: number) => void): Promise<Effects> {
  const run = desk.run(number)
  if (kept?.run === run && kept.token === token) return kept.effects
  kept?.effects.dispose()
  kept = undefined
  const made = await effects(desk.model, inputOf(run), {
    from: token,
    top: TOP,
    onProgress: ({ done, total }) => progress(total > 0 ? done / total : 1),
  })
  kept = { run, token, effects: made }
  return made
}

function outcomeOf(before: WordGuesses | undefined, after: WordGuesses | undefined): Outcome | undefined {
  if (!before || !after) return undefined
  const words = ({ top }: WordGuesses) => top.map(({ text, probability }) => ({ text, probability }))
  return { what: before.what, before: words(before), after: words(after) }
}
