/**
 * A model on the hub, in a browser: files are fetched whole and kept in the page's Cache Storage under their commit; where a page has
 * none (insecure addresses), they are read by ranges. The hub allows pages of any origin (CORS).
 */

import { insideOnly, type ModelFiles } from '../inside.ts'
import { blobSource, type Source, urlSource } from '../source.ts'
import { HubError } from './error.ts'
import { fileUrl, type Listing, listingUrl, readListing } from './listing.ts'
import type { HubName } from './name.ts'
import type { TellDownload } from './repository.ts'
import { HUB } from './settings.ts'

const STORE = 'regard-hub'

/** Asks the hub for the list of files; without the hub, what it said last. */
export async function pageRepository(name: HubName, tell: TellDownload, endpoint = HUB): Promise<ModelFiles> {
  const store = await globalThis.caches?.open(STORE).catch(() => undefined)
  const { commit, paths } = await listed(name, endpoint, store)
  const label = (path: string): string => `${name.repository}/${path}`
  return {
    name: name.repository.split('/')[1]!,
    label,
    distant: true,
    size: async (path) => {
      if (!paths.has(insideOnly(path))) return undefined
      const reply = await fetch(fileUrl(endpoint, name, commit, path), { method: 'HEAD' }).catch(() => undefined)
      return Number(reply?.headers.get('content-length') ?? 0)
    },
    open: async (path) => {
      if (!paths.has(insideOnly(path))) return undefined
      const url = fileUrl(endpoint, name, commit, path)
      return store ? stored(store, url, label(path), (bytes, total) => tell(path, bytes, total)) : urlSource(url, label(path))
    },
  }
}

async function listed(name: HubName, endpoint: string, store: Cache | undefined): Promise<Listing> {
  const url = listingUrl(endpoint, name)
  const reply = await fetch(url).catch(() => undefined)
  const kept = reply?.ok ? undefined : await store?.match(url)
  const answer = reply?.ok ? reply : kept
  if (!answer) throw refused(name, endpoint, reply)
  const text = await answer.text()
  const found = readListing(text, url)
  if (!kept) await store?.put(url, new Response(text)).catch(() => {})
  return found
}

function refused({ repository }: HubName, endpoint: string, reply: Response | undefined): HubError {
  if (!reply) return new HubError(`${endpoint}: cannot be reached, and ${repository} is not in this browser's cache`, 'unreachable')
  if (reply.status === 401 || reply.status === 404)
    return new HubError(`${endpoint} has no public model ${JSON.stringify(repository)}`, 'unknown')
  return new HubError(`${endpoint}/${repository}: the server answered ${reply.status} ${reply.statusText}`.trimEnd(), 'answer')
}

/** The whole file, from the store or into it. A file that the store has no room for is read by ranges. */
async function stored(
  store: Cache,
  url: URL,
  label: string,
  tell: (bytes: number, total: number) => void,
): Promise<Source | undefined> {
  const known = await store.match(url)
  if (known) return blobSource(await known.blob(), label)
  const reply = await fetch(url).catch((error: Error) => {
    throw new HubError(`${label}: the server could not be reached (${error.message})`, 'unreachable')
  })
  if (reply.status === 404) return undefined
  if (reply.status === 401 || reply.status === 403)
    throw new HubError(
      `${label}: the hub gives it only to readers it knows, and a page is none; download the model where you are known, and open its folder`,
      'gated',
    )
  if (!reply.ok || !reply.body)
    throw new HubError(`${label}: the server answered ${reply.status} ${reply.statusText}`.trimEnd(), 'answer')
  const total = Number(reply.headers.get('content-length') ?? Number.NaN)
  try {
    await store.put(url, new Response(reply.body.pipeThrough(counting(label, total, tell))))
  } catch (error) {
    if (error instanceof HubError) throw error
    return urlSource(url, label)
  }
  const kept = await store.match(url)
  return kept && blobSource(await kept.blob(), label)
}

/** Tells of what passes; ends with an error where less came than was announced, so that no half of a file is kept. */
function counting(
  label: string,
  total: number,
  tell: (bytes: number, total: number) => void,
): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(piece, out) {
      bytes += piece.length
      tell(bytes, Number.isNaN(total) ? bytes : total)
      out.enqueue(piece)
    },
    flush() {
      if (!Number.isNaN(total) && bytes < total)
        throw new HubError(`${label}: the connection broke at byte ${bytes} of ${total}`, 'unreachable')
    },
  })
}
