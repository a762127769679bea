/** A measure brought to a text: whose vectors, at which tokens, and what it is called. */

import type { Where } from '../../model/edit/edit.ts'
import { COSINE, difference, type Form, type Gauge, KL, logit, logProbabilityOf, type Measure, probability } from './measure.ts'
import { firstHalf, type Half, placesOf, type Subject, tokensOf, wordAt } from './subject.ts'
import { idOf, type WordOrId, written } from './vocabulary.ts'

/** The tokens that look, where an edit says which. */
export interface Looking {
  readonly half: Half
  readonly tokens: readonly number[]
}

/** Throws where the model has nothing that could be measured so, or the text no such token. */
export function gaugeOf(measure: Measure, subject: Subject, looking?: Looking): Gauge {
  if (measure === 'cosine') return ofStates(subject, looking)
  if (measure === 'embedding') return ofEmbedding(subject)
  if (measure === 'kl') return ofWords(subject, { name: KL_NAME, form: KL, where: undefined, looking })
  if (typeof measure !== 'object' || measure === null) throw unknown(measure)
  if ('cosine' in measure) {
    const half = measure.kind ?? looking?.half ?? firstHalf(subject)
    return ofStates(subject, { half, tokens: placesOf(subject, half, measure.cosine) })
  }
  if ('kl' in measure) return ofWords(subject, { name: KL_NAME, form: KL, where: measure.kl, looking })
  const { name, form } = formOf(measure, subject)
  return ofWords(subject, { name, form, where: measure.at, looking, last: true })
}

type Quantity = Extract<Measure, { readonly at?: Where }>

function formOf(measure: Quantity, { tokenizer, config }: Subject): { name: string; form: Form } {
  const id = (word: WordOrId): number => idOf(word, tokenizer, config.vocabulary)
  const say = (word: WordOrId): string => written(id(word), tokenizer)
  if ('logit' in measure) return { name: `logit of ${say(measure.logit)}`, form: logit(id(measure.logit)) }
  if ('probability' in measure)
    return { name: `probability of ${say(measure.probability)}`, form: probability(id(measure.probability)) }
  if ('logProbability' in measure)
    return { name: `log probability of ${say(measure.logProbability)}`, form: logProbabilityOf(id(measure.logProbability)) }
  if ('logitDifference' in measure) {
    const [a, b] = measure.logitDifference
    return { name: `logit of ${say(a)} less logit of ${say(b)}`, form: difference(id(a), id(b)) }
  }
  if ('restored' in measure)
    return { name: `log probability of ${say(measure.restored)} behind the mask`, form: logProbabilityOf(id(measure.restored)) }
  throw unknown(measure)
}

const KL_NAME = 'KL from the unedited distribution over words, in nats'

function ofStates(subject: Subject, looking?: Looking): Gauge {
  const half = looking?.half ?? firstHalf(subject)
  const places = looking?.tokens ?? ownTokens(subject, half)
  const where = looking ? named(subject, half, places) : `each of its ${places.length} tokens`
  return { ...COSINE, name: `1 − cosine of the last hidden vector of ${where}${meanOf(places)}`, reads: 'hidden', half, places }
}

function ofEmbedding(subject: Subject): Gauge {
  if (!subject.sentence)
    throw new Error("effect: this checkpoint does not say how to make a sentence embedding; measure 'cosine', or another model")
  return { ...COSINE, name: '1 − cosine of the sentence embedding', reads: 'embedding', half: firstHalf(subject), places: [0] }
}

interface OfWords {
  readonly name: string
  readonly form: Form
  readonly where: Where | undefined
  readonly looking: Looking | undefined
  /** One place, the last of several tokens; else the mean over them. */
  readonly last?: boolean
}

/** What a head that scores words says, at a place. */
function ofWords(subject: Subject, { name, form, where, looking, last = false }: OfWords): Gauge {
  const { network, config } = subject
  if (!network.logits)
    throw new Error(
      `effect: ${config.architecture ?? config.family} has no head that scores words; measure 'cosine', or another model`,
    )
  const half: Half = network.decoder ? 'decoder' : 'encoder'
  const found = where === undefined ? defaultPlaces(subject, half, looking) : placesOf(subject, half, where)
  const places = last ? found.slice(-1) : found
  return { ...form, name: `${name}, at ${named(subject, half, places)}${meanOf(places)}`, reads: 'logits', half, places }
}

/** The token that looks; else where the next word is said. */
function defaultPlaces(subject: Subject, half: Half, looking: Looking | undefined): readonly number[] {
  if (looking?.half === half) return looking.tokens
  if (half === 'decoder') return [tokensOf(subject, half).length - 1]
  throw new Error('effect: no token looks in this edit, so say where words are to be scored: { …, at: a word or an index }')
}

/** Tokens that the text wrote; all, where there are no others. */
function ownTokens(subject: Subject, half: Half): readonly number[] {
  const tokens = tokensOf(subject, half)
  const own = tokens.flatMap(({ special }, n) => (special ? [] : [n]))
  return own.length > 0 ? own : tokens.map((_, n) => n)
}

/** "it" (token 9) */
export function named(subject: Subject, half: Half, places: readonly number[]): string {
  const words = places.map((n) => JSON.stringify(wordAt(subject, half, n))).join(' ')
  const [first, last] = [places[0], places.at(-1)]
  return `${words} (${places.length === 1 ? `token ${first}` : `tokens ${first} to ${last}`})`
}

const meanOf = (places: readonly number[]): string => (places.length > 1 ? ', their mean' : '')

function unknown(measure: unknown): TypeError {
  return new TypeError(
    `effect: there is no measure ${JSON.stringify(measure)}; there are cosine, embedding, kl, logit, probability, logProbability, logitDifference and restored`,
  )
}
