/** regard/lens: everything that asks a model a question. */

export { type Opening, type OpeningOptions, opening, type Reading, type Rung, type Tiles } from './opening.ts'
export { type TokenLike, type Words, wordsOf } from './words.ts'
