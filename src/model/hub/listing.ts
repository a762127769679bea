/** What a revision of a model is made of, as the hub tells it. */

import { z } from 'zod'
import { check } from '../check.ts'
import { HubError } from './error.ts'
import type { HubName } from './name.ts'
import { ask, type Hub } from './request.ts'

export interface Listing {
  /** The commit that the revision stands at. */
  readonly commit: string
  /** The paths of its files. */
  readonly paths: ReadonlySet<string>
}

const listingFile = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(z.object({ rfilename: z.string() })),
})

/** The longest list of files that is read, in characters. */
const LONGEST = 64 * 2 ** 20

export function listingUrl(endpoint: string, { repository, revision }: HubName): URL {
  return new URL(`${endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}`)
}

export function fileUrl(endpoint: string, { repository }: Pick<HubName, 'repository'>, commit: string, path: string): URL {
  return new URL(`${endpoint}/${repository}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`)
}

export async function listing(hub: Hub): Promise<Listing> {
  const url = listingUrl(hub.settings.endpoint, hub.name)
  const reply = await ask(hub, url, { signal: AbortSignal.timeout(6 * hub.settings.patience) })
  if (!reply) throw new HubError(`${url.href}: the hub knows no such list`, 'answer')
  return readListing(
    await reply.text().catch((error: Error) => {
      throw new HubError(`${url.href}: the connection broke (${error.message})`, 'unreachable')
    }),
    url,
  )
}

/** Checks a list before it is believed. */
export function readListing(text: string, url: URL): Listing {
  if (text.length > LONGEST) throw new HubError(`${url.href}: ${text.length} characters are too many for a list of files`, 'answer')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new HubError(`${url.href}: is not JSON; is HF_ENDPOINT the address of a hub?`, 'answer')
  }
  const { sha, siblings } = check(listingFile, json, url.href)
  return { commit: sha, paths: new Set(siblings.map(({ rfilename }) => rfilename)) }
}
