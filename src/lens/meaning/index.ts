/** What vectors mean: of one word, of all tokens, and to the model's own head. */

export { type Alike, alike } from './alike.ts'
export { type Glimpse, type Guess, type LogitLens, type LogitLensOptions, logitLens } from './logit-lens.ts'
export { type PlaneMap, planeMap } from './map.ts'
export { type LayerMeaning, type Meaning, type MeaningOptions, meaning, meaningOf, type Occurrence } from './meaning.ts'
