/** How a vector's numbers are traced back: any strip inside Understand can ask, without being handed the worker. */

import { getContext, setContext } from 'svelte'
import type { Answer, Ask } from '../engine/protocol.ts'

/** Which vector, of which token and head; `across`: of the look across. */
export type OriginAsk = Pick<Ask<'origin'>, 'what' | 'token' | 'head' | 'across'> & {
  /** Something to be said about what is traced. */
  readonly note?: string | undefined
}

export type Origins = (ask: OriginAsk, channel: number, signal: AbortSignal) => Promise<Answer<'origin'>>

const KEY = Symbol('origins')

export const offerOrigins = (origins: Origins): Origins => setContext(KEY, origins)
export const knownOrigins = (): Origins | undefined => getContext(KEY)
