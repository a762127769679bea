/** Which head and which link are spoken of. Of the text that is read they are the page's own; of what was written for it the view's. */

import type { Head } from '../engine/protocol.ts'
import type { AnswerKind } from '../engine/questions/heads.ts'
import { formatPlace, parsePlace } from '../parts/place.ts'
import type { Address } from '../state/address.svelte.ts'
import type { Held } from '../state/fragment.ts'
import type { Reader } from '../state/reader.svelte.ts'

export interface Chosen {
  /** Undefined until something is held. */
  readonly at: Held | undefined
  /** The link is only pointed at: what is asked about it waits. */
  readonly previewing: boolean
  choose(at: Partial<Held>): void
  /** Previews; undefined: no more. */
  point(at: Partial<Held> | undefined): void
  /** Shows a head where its matrix is; undefined where no view has it. */
  readonly open: ((at: Partial<Held>) => void) | undefined
}

/** A head that is clicked is read: it is held, with a link of its own where there is one, and Read opens. Back leads back. */
export function chosenByReader(reader: Reader, address: Address): Chosen {
  return {
    get at() {
      const { held, picture } = reader
      return held && { ...held, column: picture?.column }
    },
    get previewing() {
      return !reader.picture || reader.preview !== undefined
    },
    choose: (at) => reader.hold(at),
    point: (at) => reader.point(at),
    open: (at) => {
      reader.hold(at)
      address.go('read')
    },
  }
}

/** What is chosen there: of cross-attention the same as in Across. */
const FIELDS = { decoder: ['decoderhead', 'decodercell'], cross: ['crosshead', 'crosscell'] } as const

/** How far layers, heads and tokens go, and what is chosen where nothing is. */
export interface Extent {
  readonly layers: number
  readonly heads: number
  readonly rows: number
  readonly columns: number
  readonly opening: Held
}

export function chosenInAddress(kind: AnswerKind, address: Address, extent: () => Extent | undefined): Chosen {
  const [headField, cellField] = FIELDS[kind]
  const chosen = (): Held | undefined => {
    const most = extent()
    if (!most) return undefined
    const [layer, head] = parsePlace(address.own[headField])
    const [token, column] = parsePlace(address.own[cellField])
    const { opening } = most
    return {
      layer: within(layer, most.layers) ? layer : opening.layer,
      head: head === 'mean' || within(head, most.heads) ? head : opening.head,
      token: within(token, most.rows) ? token : opening.token,
      column: within(column, most.columns) ? column : opening.column,
    }
  }
  const fieldsFor = (at: Partial<Held>) => {
    const { layer, head, token, column } = { ...chosen(), ...at }
    return { [headField]: formatPlace([layer, head]), [cellField]: formatPlace([token, column]) }
  }
  return {
    get at() {
      return chosen()
    },
    previewing: false,
    choose: (at) => address.keep(fieldsFor(at)),
    point: () => {},
    open: kind === 'cross' ? (at) => address.go('across', fieldsFor(at) as Record<string, string>) : undefined,
  }
}

const within = (n: Head | undefined, end: number): n is number => typeof n === 'number' && n < end
