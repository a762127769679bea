/** Every word that the grammar can write, in lower case: each becomes one token of the encoder's vocabulary. */

import { TYPE_FRAMES } from './frames.ts'
import { ADVERBS } from './generate.ts'
import { PREDICATES } from './predicates.ts'
import { GENDER_FRAMES, ROLE_FRAMES } from './roles.ts'
import { AMBIGUOUS } from './senses.ts'
import { NOUN_FORMS } from './write.ts'

export function grammarWords(): string[] {
  const texts = [
    ...PREDICATES.map(({ text }) => text),
    ...[...TYPE_FRAMES, ...ROLE_FRAMES, ...GENDER_FRAMES].map(({ text }) => text.replaceAll(/\[[^\]]+\]/g, ' ')),
    ...ROLE_FRAMES.flatMap(({ ofA, ofB }) => [...ofA, ...ofB]),
    ...AMBIGUOUS.flatMap(({ word, senses }) => [word, ...senses.flatMap(({ contexts }) => contexts)]),
    ...ADVERBS,
    'it he she they was were the a an some my our that this those these',
  ]
  const written = texts.flatMap((text) => text.toLowerCase().match(/[a-z]{2,}|\ba\b|\bi\b/g) ?? [])
  return [...new Set([...NOUN_FORMS, ...written])].sort()
}
