/** Does the model know what a pronoun refers to, and does a head look there? */

import { type Sentence, type Split, sentence } from '../grammar/generate.ts'
import type { Natural } from '../grammar/natural.ts'
import type { Pronoun } from '../grammar/nouns.ts'
import { nounId } from '../masking.ts'
import { Random } from '../random.ts'
import type { Reader, Scores } from '../recipe.ts'
import { largest, readAll, tokensAt } from './read.ts'

type Asked = Pick<Natural, 'text' | 'pronoun' | 'referent' | 'distractors'>

export interface Answer {
  /** Is the referent the first of all words? Undefined where it is no single token. */
  readonly first: boolean
  /** Has the referent a higher score than every other noun that is marked? */
  readonly beatsOthers: boolean
  /** The token that the model says. */
  readonly said: number
}

/** What the model says at the pronoun. A noun of several tokens is judged by its first. */
export async function answers(reader: Reader, asked: readonly Asked[]): Promise<Answer[]> {
  const made: Answer[] = []
  const { tokenizer } = reader
  const vocabulary = reader.config.vocabulary
  let numbers: Awaited<ReturnType<NonNullable<Awaited<ReturnType<Reader['run']>>['logits']>['read']>> | undefined
  await readAll(
    reader,
    asked.map(({ text }) => text),
    async (run, batch, n) => {
      const one = asked[n]!
      if (batch === 0) numbers = await run.logits!.read()
      const length = run.tokensOf(batch).length
      const place = tokensAt(run, batch, one.pronoun)[0]!
      const scores = numbers!.subarray((batch * length + place) * vocabulary, (batch * length + place + 1) * vocabulary)
      const score = (word: string): number => scores[firstId(tokenizer, word)]!
      const said = largest(scores)
      const own = score(one.referent.word)
      made.push({
        first: nounId(tokenizer, one.referent.word) === said,
        beatsOthers: one.distractors.every(({ word }) => score(word) < own),
        said,
      })
    },
  )
  return made
}

function firstId(tokenizer: Reader['tokenizer'], word: string): number {
  return tokenizer.encode(`the ${word}`).tokens.filter(({ special }) => !special)[1]!.id
}

/** Sentences for an evaluation: others than those of training, whatever the seed of the training. `pronoun`: those with this one alone. */
export function sentencesFor(split: Split, count: number, purpose: string, pronoun?: Pronoun): Sentence[] {
  const chosen: Sentence[] = []
  for (let n = 0; chosen.length < count; n++) {
    const made = sentence(new Random('evaluation', purpose, split, n), split)
    if (pronoun === undefined || made.pronoun.word === pronoun) chosen.push(made)
  }
  return chosen
}

export interface Head {
  readonly layer: number
  readonly head: number
}

/** For each head, the share of sentences in which it looks from the pronoun to the referent more than to any other word. */
export async function lookingShares(reader: Reader, asked: readonly Asked[]): Promise<(Head & { readonly share: number })[]> {
  const { layers, heads } = reader.config
  const counts = new Float64Array(layers * heads)
  await readAll(
    reader,
    asked.map(({ text }) => text),
    async (run, batch, n) => {
      const one = asked[n]!
      const from = tokensAt(run, batch, one.pronoun)[0]!
      const to = new Set(tokensAt(run, batch, one.referent))
      const special = run.tokensOf(batch).map((token) => token.special)
      for (let layer = 0; layer < layers; layer++)
        for (let head = 0; head < heads; head++) {
          const row = await run.attention(layer, head, { batch }).row(from)
          const others = Array.from(row, (weight, place) => (special[place] ? -1 : weight))
          if (to.has(largest(others))) counts[layer * heads + head]!++
        }
    },
  )
  return Array.from(counts, (count, n) => ({ layer: Math.floor(n / heads), head: n % heads, share: count / asked.length }))
}

/** The head that looks from *it* to the referent most often, on training sentences. */
export async function bestHead(reader: Reader, count: number): Promise<Head> {
  const shares = await lookingShares(reader, sentencesFor('train', count, 'choosing', 'it'))
  return shares.reduce((best, each) => (each.share > best.share ? each : best))
}

export async function lookingShare(reader: Reader, asked: readonly Asked[], { layer, head }: Head): Promise<number> {
  return (await lookingShares(reader, asked)).find((each) => each.layer === layer && each.head === head)!.share
}

export const share = (list: readonly boolean[]): number => list.filter(Boolean).length / list.length

/** How many of the pairs of twins are both answered right. */
export async function flippedShare(reader: Reader, split: Split, count: number): Promise<number> {
  const pairs = sentencesFor(split, 3 * count, 'twins')
    .flatMap((one) => (one.twin ? [[one, one.twin] as const] : []))
    .slice(0, count)
  const given = await answers(reader, pairs.flat())
  return share(pairs.map((_, n) => given[2 * n]!.first && given[2 * n + 1]!.first))
}

/** A quick look while training. */
export async function pronounScores(reader: Reader, _seed: number, count: number): Promise<Scores> {
  const [pairs, frames] = (['pairs', 'frames'] as const).map((split) => sentencesFor(split, count, 'progress'))
  return {
    'referent, unseen pairs': share((await answers(reader, pairs!)).map(({ first }) => first)),
    'referent, unseen frames': share((await answers(reader, frames!)).map(({ first }) => first)),
  }
}
