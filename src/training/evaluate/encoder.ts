/** Every figure that the encoder's card shows, computed from the model as it is. */

import type { Corpus } from '../corpus.ts'
import { ARTICLE_BANKS, ARTICLE_SENTENCES, NATURAL, NATURAL_TRIPLES } from '../grammar/natural.ts'
import type { Pronoun } from '../grammar/nouns.ts'
import { triples } from '../grammar/senses.ts'
import { type OpenReader, withoutPlaces } from './ablation.ts'
import { cutEffects } from './cutting.ts'
import type { Extent, Figure } from './figures.ts'
import { answers, bestHead, flippedShare, lookingShare, sentencesFor, share } from './pronouns.ts'
import { restoredShare } from './restored.ts'
import { bestOf, senseShares } from './senses.ts'

export async function encoderFigures(model: OpenReader, { size, corpus }: Extent): Promise<Figure[]> {
  return [
    ...(await referents(model, size)),
    ...(await looks(model, size)),
    ...(await senses(model, size, corpus)),
    ...(corpus ? [await restored(model, size, corpus)] : []),
  ]
}

async function referents(model: OpenReader, size: number): Promise<Figure[]> {
  const right = async (reader: Parameters<typeof answers>[0], split: 'pairs' | 'frames'): Promise<number> =>
    share((await answers(reader, sentencesFor(split, size, 'referents'))).map(({ first }) => first))
  const natural = await answers(model, NATURAL)
  const articles = await answers(model, ARTICLE_SENTENCES)
  return [
    {
      key: 'pairs',
      what: 'referent restored at the pronoun, unseen combinations',
      value: await right(model, 'pairs'),
      least: 0.99,
    },
    { key: 'frames', what: 'referent restored, frames never seen in training', value: await right(model, 'frames'), least: 0.97 },
    {
      key: 'natural',
      what: `referent before the other nouns, ${NATURAL.length} natural sentences`,
      value: share(natural.map((each) => each.beatsOthers)),
      least: 0.75,
    },
    {
      key: 'natural, all words',
      what: `referent before all ${model.config.vocabulary} words, natural sentences`,
      value: share(natural.map(({ first }) => first)),
    },
    {
      key: 'flips',
      what: 'both right when the last words are changed',
      value: await flippedShare(model, 'pairs', Math.ceil(size / 2)),
      least: 0.97,
    },
    { key: 'articles', what: 'sentences of the articles right', value: share(articles.map(({ first }) => first)), least: 1 },
    {
      key: 'without positions',
      what: 'referent restored without positions, unseen combinations',
      value: await right(withoutPlaces(model), 'pairs'),
    },
  ]
}

/** The head is chosen on so many training sentences, so that every extent speaks of the same one. */
const CHOOSING = 1000
/** So many sentences in which a look is cut: with fewer, one rival that happens to matter turns the ratio. */
const CUTS = 300

async function looks(model: OpenReader, size: number): Promise<Figure[]> {
  const head = await bestHead(model, CHOOSING)
  const name = `layer ${head.layer}, head ${head.head}`
  const looking = async (split: 'pairs' | 'frames', pronoun?: Pronoun): Promise<number> =>
    await lookingShare(model, sentencesFor(split, size, 'looks', pronoun), head)
  const { looked, other } = await cutEffects(model, sentencesFor('pairs', Math.min(CUTS, size), 'cuts', 'it'), head)
  return [
    {
      key: 'look, pairs',
      what: `${name} looks from *it* to the referent most, unseen combinations`,
      value: await looking('pairs', 'it'),
      least: 0.97,
    },
    {
      key: 'look, frames',
      what: `${name} looks from *it* to the referent most, unseen frames`,
      value: await looking('frames', 'it'),
      least: 0.9,
    },
    { key: 'look, pairs, all', what: 'the same from it, he, she or they, unseen combinations', value: await looking('pairs') },
    { key: 'look, frames, all', what: 'the same from it, he, she or they, unseen frames', value: await looking('frames') },
    {
      key: 'cut',
      what: 'effect of cutting that look over that of an equally strong one',
      value: looked / other,
      least: 5,
      ratio: true,
    },
  ]
}

async function senses(model: OpenReader, size: number, corpus: Corpus | undefined): Promise<Figure[]> {
  const { layer } = bestOf(await senseShares(model, triples('train', size, 1)))
  const unseen = await senseShares(model, triples('unseen', size, 2))
  const at = async (list: Parameters<typeof senseShares>[1]): Promise<number> => (await senseShares(model, list))[layer]!
  return [
    { key: 'senses', what: `uses of one sense closer than of two, layer ${layer}`, value: unseen[layer]!, least: 0.95 },
    { key: 'senses, embeddings', what: 'the same after the embeddings (chance is 50 %)', value: unseen[0]! },
    { key: 'senses, natural', what: `natural sentences, ${NATURAL_TRIPLES.length} words`, value: await at(NATURAL_TRIPLES) },
    { key: 'banks', what: 'the banks of the articles', value: await at([ARTICLE_BANKS]), least: 1 },
    ...(corpus
      ? [{ key: 'senses, WordNet', what: `WordNet's examples, ${corpus.triples.length} words`, value: await at(corpus.triples) }]
      : []),
  ]
}

async function restored(model: OpenReader, size: number, { heldOut }: Corpus): Promise<Figure> {
  const value = await restoredShare(model, heldOut.slice(0, 4 * size), 1)
  return { key: 'hidden words', what: 'hidden words of held-out English restored', value, least: 0.35 }
}
