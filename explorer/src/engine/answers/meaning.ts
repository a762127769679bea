/** Answers what Meaning asks. */

import { alike, logitLens, meaning, wordsOf } from 'regard/lens'
import type { Model, Run } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { MeaningQuestions } from '../questions/meaning.ts'

/** So many guesses are told of each layer. */
const GUESSES = 3

export const meaningAnswers: Answers<keyof MeaningQuestions> = {
  async senses({ model }, { texts, word }, progress, signal) {
    const having = texts.flatMap((text, n) => (has(model, text, word) ? [n] : []))
    const without = texts.flatMap((_, n) => (having.includes(n) ? [] : [n]))
    const hardly = (model.seen?.hardly(word).length ?? 0) > 0
    if (having.length === 0) return { occurrences: [], layers: [], without, hardly }
    const chosen = having.map((n) => texts[n]!)
    const found = await meaning(model, chosen, { word, signal, onProgress: (done, of) => progress(done / of) })
    const occurrences = found.occurrences.map((each) => ({ ...each, text: having[each.text]! }))
    return { occurrences, layers: found.layers, without, hardly }
  },

  async alike(desk, { run }) {
    return await alike(desk.run(run))
  },

  async glimpses(desk, { run: number, token, hide }, progress, signal) {
    const { model } = desk
    if (!model.network.logits || model.config.decoder) return undefined
    const run = desk.run(number)
    const mask = model.config.causal ? undefined : maskOf(model)
    const hidden = hide && mask !== undefined && !run.tokens[token]!.special
    const read = hidden ? await model.run(run.tokens.map(({ id }, n) => (n === token ? mask : id))) : run
    try {
      return { ...(await glimpsed(model, read, token, progress, signal)), hides: mask !== undefined, hidden }
    } finally {
      if (hidden) read.dispose()
    }
  },
}

/** Is there a word of these letters, whatever their case? */
function has({ tokenizer }: Model, text: string, word: string): boolean {
  if (!tokenizer) throw new Error('this model has no tokenizer, so it cannot read sentences')
  const { list } = wordsOf(tokenizer.encode(text).tokens, text)
  return list.some((each) => each.text.toLowerCase() === word.toLowerCase())
}

async function glimpsed(model: Model, run: Run, token: number, progress: (share: number) => void, signal: AbortSignal) {
  const { says, layers, settled } = await logitLens(model, run, {
    rows: [token, token + 1],
    top: GUESSES,
    signal,
    onProgress: (done, of) => progress(done / of),
  })
  const told = layers.map(([glimpse]) => ({
    top: glimpse!.top.map(({ text, probability }) => ({ text, probability })),
    divergence: glimpse!.divergence,
  }))
  return { says, layers: told, settled: settled[0]! }
}

const maskOf = ({ tokenizer }: Model): number | undefined =>
  ['[MASK]', '<mask>'].map((name) => tokenizer?.tokenToId(name)).find((id) => id !== undefined)
