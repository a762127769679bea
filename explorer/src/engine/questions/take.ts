/** What Take away asks. */

import type { EditData } from './question.ts'

export interface TraceFile {
  /** A safetensors file: docs/lens/trace.md has its layout. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The scores of all words would have been most of it, and were left out. */
  readonly left: boolean
}

export interface TakeQuestions {
  /** The whole run of a text that was read, made again with these edits. */
  trace(ask: { run: number; edits: readonly EditData[] }): TraceFile
}
