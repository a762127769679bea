/** What the parts of Heads that ask by themselves are given. */

import type { Requests } from '../engine/protocol.ts'
import type { Texts } from '../engine/questions/heads.ts'
import type { Address } from '../state/address.svelte.ts'
import type { Chosen } from './chosen.ts'
import type { Named } from './words.ts'

export interface PartProps {
  readonly requests: Requests
  readonly address: Address
  readonly chosen: Chosen
  /** What is asked about: the text at hand, those beside it, and which attention. */
  readonly texts: Texts
  /** The tokens that look and those that are looked at, in words, once they are known. */
  readonly rows: Named | undefined
  readonly columns: Named | undefined
  readonly layers: number
  readonly heads: number
}
