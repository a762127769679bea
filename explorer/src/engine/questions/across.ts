/** What Across asks: where an encoder–decoder looks in the source while it writes. */

import type { Token } from '../protocol.ts'
import type { Opening } from './read.ts'

export interface Crossed {
  /** What was written, from the token that writing begins with on. */
  readonly text: string
  readonly tokens: readonly Token[]
  /** What the model would write after the last of them, if it takes the likeliest; undefined where there is no room for more. */
  readonly next: { readonly text: string; readonly ends: boolean } | undefined
  readonly layers: number
  readonly heads: number
  /** [layers, heads + 1, tokens written, tokens read], the last of each layer being the mean of its heads. */
  readonly weights: Float32Array
  /** Where the rule opens it, in the library's words. */
  readonly opening: Opening
}

export interface AcrossQuestions {
  /** `target`: what is written; undefined: what the model itself writes, always the likeliest token. */
  crossed(ask: { run: number; target: string | undefined }): Crossed
}
