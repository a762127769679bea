/** What a run made on its way, by name: what patches are taken from. */

import type { Tensor } from '../../tensor/index.ts'
import type { AttentionKind } from '../run.ts'
import type { Token } from '../tokenizer/tokenizer.ts'
import type { Site } from './edit.ts'

export interface Activations {
  readonly batch: number
  readonly text: string | undefined
  /** Was it made under edits? */
  readonly edited: boolean
  tokensOf(batch: number, options?: { kind?: 'encoder' | 'decoder' }): readonly Token[]
  /**
   * residual, attention, feedForward [B,L,width]; q [B,H,L,D], k [B,K,S,D], v [B,K,S,Dv]; head [B,H,L,Dv]: what each gives. It stays with
   * whoever gives it.
   */
  activation(site: Site, layer: number, kind: AttentionKind): Tensor
}
