/** A model taken apart: every number between a token's vector and its next one. */

export {
  Anatomy,
  type AnatomyOptions,
  anatomy,
  type BlockPart,
  type Makeup,
  type NormKind,
  type Step,
  type StepName,
  type WhereNormed,
} from './anatomy.ts'
export type { Brought, Cell, Row } from './cell.ts'
export { type Embedded, type EndsOptions, embedded, type WordGuess, type WordGuesses, wordGuesses } from './ends.ts'
export type { HeadsWritten, Looking, LookingMakeup, TraceableLook } from './looking.ts'
export type { Origin, Traceable } from './origin.ts'
export type { Numbers } from './read.ts'
