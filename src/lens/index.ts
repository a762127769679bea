/** regard/lens: everything that asks a model a question. */

export * from './anatomy/index.ts'
export * from './beyond/index.ts'
export * from './cost/index.ts'
export * from './edit/index.ts'
export * from './effect/index.ts'
export * from './heads/index.ts'
export * from './meaning/index.ts'
export { type Openable, type Opening, type OpeningOptions, opening, type Rung, type Tiles } from './opening.ts'
export * from './profile/index.ts'
export type { Reading, WeightsView } from './reading.ts'
export * from './trace/index.ts'
export { type TokenLike, type Words, wordsOf } from './words.ts'
