/** What is taken apart, and how another place is chosen. Of what is read it is the page's own selection; of what is written the address has it. */

import type { Head } from '../engine/protocol.ts'
import type { Aim, Answered } from '../engine/questions/understand.ts'
import { formatPlace, parsePlace } from '../parts/place.ts'
import type { Address } from '../state/address.svelte.ts'
import type { Own } from '../state/fragment.ts'
import type { Reader } from '../state/reader.svelte.ts'
import type { Half, Move, Place } from './facts.ts'

/** The fields of the address: of the look across the same as in Across, of the look at its own text as in Heads. */
const FIELDS = { own: ['decoderhead', 'decodercell'], across: ['crosshead', 'crosscell'] } as const

/** Holds another place in what is read. */
export function moveReader(reader: Reader, { layer, token, own }: Move): void {
  reader.hold({
    ...(layer !== undefined && { layer }),
    ...(token !== undefined && { token, column: undefined }),
    ...own,
  })
}

/** Where the address has it in what is written; what it leaves open, or has wrongly, is the rule's. */
export function placeInAddress(own: Own, half: Half, opening: Answered['opening']): Place {
  const [acrossHead, acrossCell] = FIELDS.across.map((name) => parsePlace(own[name]))
  const [ownHead, ownCell] = FIELDS.own.map((name) => parsePlace(own[name]))
  const layer = [acrossHead![0], ownHead![0]].find(within(half.layers)) ?? opening.layer
  const token = [acrossCell![0], ownCell![0]].find(within(half.side.tokens.length)) ?? opening.token
  const aim = (head: Head | undefined, column: Head | undefined, columns: number, rule: Answered['opening']['own']): Aim => {
    const aimed = head === 'mean' || within(half.heads)(head) ? head : rule.head
    const opens = layer === opening.layer && token === opening.token && aimed === rule.head
    return { head: aimed, column: within(columns)(column) ? column : opens ? rule.column : undefined }
  }
  return {
    half,
    layer,
    token,
    own: aim(ownHead![1], ownCell![1], half.side.tokens.length, opening.own),
    across: aim(acrossHead![1], acrossCell![1], half.source!.tokens.length, opening.across),
  }
}

/** Keeps another place in what is written. A token that is moved to looks where it looks most. */
export function moveInAddress(address: Address, place: Place, move: Move): void {
  const { layer = place.layer, token = place.token } = move
  const fields: Record<string, string | undefined> = {}
  for (const which of ['own', 'across'] as const) {
    const { head, column } = { ...place[which]!, ...(token !== place.token && { column: undefined }), ...move[which] }
    const [headField, cellField] = FIELDS[which]
    fields[headField] = formatPlace([layer, head])
    fields[cellField] = formatPlace([token, column])
  }
  address.keep(fields)
}

const within =
  (end: number) =>
  (n: Head | undefined): n is number =>
    typeof n === 'number' && n < end
