/** What one run made, kept and saved. */

export { type LayerLengths, lengths } from './lengths.ts'
export { openTrace } from './open.ts'
export type { SaveOptions } from './save.ts'
export { Trace, trace } from './trace.ts'
