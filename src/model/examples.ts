/** What a model is given to read where nobody gives a text. */

import type { EmbeddedName } from './embedded.ts'

/** A word of it refers to another: what to look for first in any model that reads sentences. */
const SENTENCE = "The animal didn't cross the street because it was too tired."

const EXAMPLES: Readonly<Record<EmbeddedName, string>> = {
  encoder: SENTENCE,
  decoder: SENTENCE,
  translator: 'the ninth of March twenty twenty one',
}

/** Of an embedded model what it is made for; of any other a sentence. */
export function exampleFor(name: string | undefined): string {
  return (name !== undefined && Object.hasOwn(EXAMPLES, name) && EXAMPLES[name as EmbeddedName]) || SENTENCE
}
