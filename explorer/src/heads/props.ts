/** What the parts of Heads that ask by themselves are given. */

import type { Requests } from '../engine/protocol.ts'
import type { Word } from '../engine/questions/heads.ts'
import type { Reading } from '../engine/questions/read.ts'
import type { Address } from '../state/address.svelte.ts'
import type { Reader } from '../state/reader.svelte.ts'

export interface PartProps {
  readonly reader: Reader
  readonly requests: Requests
  readonly address: Address
  /** Texts beside the one at hand. */
  readonly more: readonly string[]
  /** Of the text at hand, once they are known. */
  readonly words: readonly Word[] | undefined
  readonly reading: Reading
}
