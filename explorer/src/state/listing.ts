/**
 * What the host offers, as it says in model/index.json:
 *
 *     { "name": "all-MiniLM-L6-v2", "folder": "./", "bytes": 91571200, "embedded": false,
 *       "others": [{ "name": "decoder", "folder": "../models/decoder/", "bytes": 7000000, "embedded": true }] }
 *
 * The first is the one that opens. `"hub": { "address": "https://…" }` lets the page open models of that hub by name, and
 * `"through": "../hub/"` says that the host fetches them for it, as `regard explore --hub` does. Folders are relative to the file; the first one's is the file's own where it is left out. Sizes are those
 * of all files that are read. What is not understood is passed over.
 */

import type { Source } from '../engine/protocol.ts'

/** A model that can be opened. */
export interface Offer {
  /** What people call it. */
  readonly name: string
  /** What links call it. */
  readonly link: string
  readonly source: Source
  /** How much is read to open it, if that is known. */
  readonly bytes?: number
  /** It is one of those that come with Regard. */
  readonly embedded?: boolean
  /** It is of files that the reader gave the page: no link can bring them. */
  readonly local?: boolean
}

/** The hub that the page may open models of, by name. */
export interface Hub {
  readonly address: string
  /** Whoever fetches them for the page, by his address; without him the page asks the hub itself. */
  readonly through?: string
}

export interface Listing {
  /** The first is the one that opens where nobody asks for another. */
  readonly offered: readonly Offer[]
  readonly hub?: Hub
}

/** `folder`: the address of the listing's folder. Without a listing the folder is believed to hold a model. */
export async function listingAt(folder: string): Promise<Listing> {
  const listing: unknown = await fetch(new URL('index.json', folder))
    .then((reply) => (reply.ok ? reply.json() : undefined))
    .catch(() => undefined)
  return { offered: offersOf(listing, folder), ...hubOf(fieldsOf(listing).hub, folder) }
}

function hubOf(said: unknown, base: string): Pick<Listing, 'hub'> {
  const { address, through } = fieldsOf(said)
  if (typeof address !== 'string' || !URL.canParse(address)) return {}
  return { hub: { address, ...(typeof through === 'string' && { through: new URL(through, base).href }) } }
}

function offersOf(listing: unknown, folder: string): readonly Offer[] {
  const { others, ...first } = fieldsOf(listing)
  const usual = { name: lastPart(folder), folder: './' }
  const rest = (Array.isArray(others) ? others : []).map((each) => offerOf(fieldsOf(each), folder))
  return [offerOf({ ...usual, ...first }, folder) ?? offerOf(usual, folder)!, ...rest.filter((each) => each !== undefined)]
}

function offerOf({ name, folder: at, bytes, embedded }: Readonly<Record<string, unknown>>, base: string): Offer | undefined {
  if (typeof name !== 'string' || name === '' || typeof at !== 'string' || !URL.canParse(at, base)) return undefined
  return {
    name,
    link: name,
    source: { address: new URL(at, base).href },
    ...(typeof bytes === 'number' && { bytes }),
    ...(embedded === true && { embedded }),
  }
}

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
}

function lastPart(address: string): string {
  return decodeURIComponent(new URL(address).pathname.split('/').filter(Boolean).at(-1) ?? '') || 'model'
}
