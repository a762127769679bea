/** The steps of the half at hand, in the order of its block: any step inside Understand can tell its number. */

import { getContext, setContext } from 'svelte'
import type { StopId } from './strings.ts'

export type Order = () => readonly StopId[]

const KEY = Symbol('order')

export const offerOrder = (order: Order): Order => setContext(KEY, order)
export const knownOrder = (): Order => getContext(KEY)
