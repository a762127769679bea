/** A head that is clicked is read: it is held, with a link of its own where there is one, and Read opens. Back leads back. */

import type { Address } from '../state/address.svelte.ts'
import type { Held } from '../state/fragment.ts'
import type { Reader } from '../state/reader.svelte.ts'

export function openHead(reader: Reader, address: Address, at: Partial<Held>): void {
  reader.hold(at)
  address.go('read')
}
