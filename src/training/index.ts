/** Training: recipes, the grammar they draw from, the loop, and what a trained model is measured by. */

export { progressLine } from './progress.ts'
export type { Exercise, Moment, Reader, Recipe, Row, Scores } from './recipe.ts'
export { findRecipe, type OwnText, RECIPES } from './recipes/index.ts'
export { type Trained, type TrainOptions, train } from './train.ts'
