/** Sentences without a pronoun that say of a noun what is true of it: "The street was wide." */

import type { Random } from '../random.ts'
import { isUnseen } from './generate.ts'
import { nounsOf } from './nouns.ts'
import { fits, PREDICATES } from './predicates.ts'
import { capital, phrase, sayPhrase } from './write.ts'

const KINDS = [...new Set(PREDICATES.flatMap(({ kinds }) => [...kinds]))]

/** A sentence for training: no pair of a noun and what is said of it that is kept for testing. */
export function plain(random: Random): string {
  const noun = random.pick(nounsOf(random.pick(KINDS)))
  const many = !noun.mass && !noun.name && random.chance(0.25)
  const possible = PREDICATES.filter(
    (each) => fits(each, noun) && !isUnseen(noun.word, each.text) && !(many && /\ban?\b/.test(each.text)),
  )
  const { manner, gradable, text } = random.pick(possible)
  const a = sayPhrase(phrase(random, noun, { plural: many, definite: random.chance(0.5) }))
  const was = many ? 'were' : 'was'
  if (manner !== 'adjective')
    return capital(random.pick([`${a} ${text}.`, `I could see that ${a} ${text}.`, `${a} ${text}, and nobody knew why.`]))
  const more = gradable
    ? [`${a} ${was} very ${text}.`, `${a} looked ${text} to me.`, `We all thought that ${a} ${was} too ${text}.`]
    : [`${a} ${was} not ${text} at all.`, `When I came back, ${a} ${was} ${text}.`]
  return capital(random.pick([`${a} ${was} ${text}.`, ...more]))
}
