/** A model under edits; each kind of edit is said in regard/model. */

export type { Edit, Edits, Where } from '../../model/index.ts'
export { type Edited, edit } from './edit.ts'
