/** What is the look at the referent worth, beside another look that is as strong? */

import type { Sentence } from '../grammar/generate.ts'
import { nounId } from '../masking.ts'
import type { Reader } from '../recipe.ts'
import { type Link, type OpenReader, withoutLink } from './ablation.ts'
import type { Head } from './pronouns.ts'
import { tokensAt } from './read.ts'

export interface CutEffects {
  /** How much the log probability of the referent at the pronoun falls, on average, without the look at the referent. */
  readonly looked: number
  /** The same without the look of nearest strength in any head, from the pronoun to some other place. */
  readonly other: number
}

export async function cutEffects(model: OpenReader, sentences: readonly Sentence[], head: Head): Promise<CutEffects> {
  const sums = { looked: 0, other: 0 }
  for (const one of sentences) {
    const { link, rival } = await links(model, one, head)
    const [whole, cut, beside] = [
      await logProbability(model, one, link.from),
      await logProbability(withoutLink(model, link), one, link.from),
      await logProbability(withoutLink(model, rival), one, link.from),
    ]
    sums.looked += Math.abs(whole - cut)
    sums.other += Math.abs(whole - beside)
  }
  return { looked: sums.looked / sentences.length, other: sums.other / sentences.length }
}

async function links(model: Reader, one: Sentence, { layer, head }: Head): Promise<{ link: Link; rival: Link }> {
  const run = await model.run(one.text)
  const from = tokensAt(run, 0, one.pronoun)[0]!
  const to = tokensAt(run, 0, one.referent)[0]!
  const strength = (await run.attention(layer, head).row(from))[to]!
  let rival: Link | undefined
  let nearest = Number.POSITIVE_INFINITY
  for (let l = 0; l < model.config.layers; l++)
    for (let h = 0; h < model.config.heads; h++)
      for (const [place, weight] of (await run.attention(l, h).row(from)).entries()) {
        if (place === to || Math.abs(weight - strength) >= nearest) continue
        nearest = Math.abs(weight - strength)
        rival = { layer: l, head: h, from, to: place }
      }
  run.dispose()
  return { link: { layer, head, from, to }, rival: rival! }
}

/** log p(referent) at the pronoun. */
async function logProbability(reader: Reader, { text, referent }: Sentence, place: number): Promise<number> {
  const run = await reader.run(text)
  const { vocabulary } = reader.config
  const scores = Array.from(await run.logits!.read()).slice(place * vocabulary, (place + 1) * vocabulary)
  run.dispose()
  const most = scores.reduce((a, b) => Math.max(a, b))
  const total = scores.reduce((sum, score) => sum + Math.exp(score - most), 0)
  return scores[nounId(reader.tokenizer, referent.word)!]! - most - Math.log(total)
}
