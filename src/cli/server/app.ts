/** The explorer and one model over HTTP, for this machine alone. */

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { Hono } from 'hono'
import { isHubName } from '../../model/index.ts'
import { HubModels, type HubSource } from './hub.ts'
import type { Offer, Offers } from './offered.ts'

export interface Site {
  readonly explorer: Offers
  /** The one that opens first. `embedded`: it is one of those that come with Regard. */
  readonly model: { readonly name: string; readonly files: Offers; readonly embedded?: boolean }
  /** The models that come with Regard, by name. */
  readonly embedded?: ReadonlyMap<string, Offers>
  /** Where the page may have models fetched from by name. Without it, from nowhere. */
  readonly hub?: HubSource
}

/** Everything from here alone, and only of these kinds; `wasm-unsafe-eval` compiles the kernels and nothing else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The first two make threads possible in the page: shared memory needs a page that no other can reach. */
const HEADERS: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/**
 * `/` the explorer; `/model/index.json` the model's name and files, and which others there are; `/model/<file>` its files, by ranges too;
 * `/models/<name>/<file>` those of the embedded ones. `/hub/<org%2Fname>` fetches a model where a hub is allowed, `/hub/<org%2Fname>/<file>`
 * are its files: for this page alone, so that no other page fills the disk.
 * Only GET and HEAD; only for a Host that is this machine, so that no foreign name that resolves here reads anything.
 */
export function app({ explorer, model, embedded = new Map(), hub }: Site): Hono {
  const server = new Hono()
  const hubModels = hub && new HubModels(hub)
  server.use(async (c, next) => {
    if (!isHere(c.req.header('host')) || !isHere(new URL(c.req.url).host))
      c.res = plain(403, 'This server answers to 127.0.0.1 and localhost only.')
    else if (c.req.method !== 'GET' && c.req.method !== 'HEAD')
      c.res = plain(405, 'Only GET and HEAD are answered.', { allow: 'GET, HEAD' })
    else await next()
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
  })
  server.get('*', (c) => {
    const path = rawPath(c.req.url)
    if (path === '/model/index.json') return listing(model, embedded, hub)
    if (hubModels && path.startsWith('/hub/')) return fromHub(hubModels, path, c.req.raw)
    const offer =
      explorer.get(path) ??
      (path.startsWith('/model/') ? model.files.get(path.slice('/model/'.length)) : embeddedFile(embedded, path))
    return offer ? hand(offer, c.req.raw) : plain(404, 'There is nothing here.')
  })
  server.onError((error) => plain(500, error.message))
  return server
}

function isHere(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i.test(host ?? '')
}

/** As it was sent: nothing is decoded, so an encoded slash or dot names nothing. */
function rawPath(url: string): string {
  return new URL(url).pathname
}

function embeddedFile(embedded: ReadonlyMap<string, Offers>, path: string): Offer | undefined {
  const [, name, file] = /^\/models\/([a-z]+)\/([\w.]+)$/.exec(path) ?? []
  return embedded.get(name ?? '')?.get(file ?? '')
}

/** Folders are relative to the listing. A model of the reader's own hides an embedded one of its name. */
function listing(
  { name, files, embedded: own = false }: Site['model'],
  embedded: ReadonlyMap<string, Offers>,
  hub?: HubSource,
): Response {
  const others = [...embedded]
    .filter(([other]) => other !== name)
    .map(([other, its]) => ({ name: other, folder: `../models/${other}/`, bytes: bytesOf(its), embedded: true }))
  const sizes = Object.fromEntries([...files].map(([path, { size }]) => [path, size]))
  const source = hub && { hub: { address: hub.address, through: '../hub/' } }
  const body = { name, bytes: bytesOf(files), embedded: own, files: sizes, others, ...source }
  return Response.json(body, { headers: { 'cache-control': 'no-cache' } })
}

function fromHub(models: HubModels, path: string, request: Request): Response | Promise<Response> {
  if (request.headers.get('sec-fetch-site') !== 'same-origin') return plain(403, 'Only the page of this server has models fetched.')
  const [, encoded = '', file] = /^\/hub\/([\w.%-]+)(?:\/([\w.-]+(?:\/[\w.-]+)*))?$/.exec(path) ?? []
  const name = decoded(encoded)
  if (!isHubName(name)) return plain(404, 'Models of the hub are named org/name or org/name@revision.')
  if (file === undefined)
    return request.method === 'GET' ? models.fetch(name) : plain(405, 'Only GET fetches a model.', { allow: 'GET' })
  const offer = models.file(name, file)
  return offer ? hand(offer, request) : plain(404, 'There is nothing here.')
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

function bytesOf(files: Offers): number {
  return [...files.values()].reduce((sum, { size }) => sum + size, 0)
}

/** The file, a range of it, or word that it has not changed. */
async function hand(offer: Offer, request: Request): Promise<Response> {
  const headers = new Headers({
    'content-type': offer.type,
    etag: offer.etag,
    'accept-ranges': 'bytes',
    'cache-control': offer.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (
    request.headers
      .get('if-none-match')
      ?.split(/\s*,\s*/)
      .some((tag) => tag === '*' || tag.replace(/^W\//, '') === offer.etag)
  )
    return new Response(null, { status: 304, headers })
  const range = rangeOf(request, offer)
  if (range === 'beyond') {
    headers.set('content-range', `bytes */${offer.size}`)
    return new Response(null, { status: 416, headers })
  }
  const { from, to } = range ?? { from: 0, to: offer.size }
  if (range) headers.set('content-range', `bytes ${from}-${to - 1}/${offer.size}`)
  headers.set('content-length', String(to - from))
  const body = request.method === 'HEAD' || to === from ? null : await stream(offer, from, to)
  return new Response(body, { status: range ? 206 : 200, headers })
}

/** One range as RFC 9110 §14.2 has it; several, or one that cannot be read, are passed over and the whole file is sent. */
function rangeOf(request: Request, { size, etag }: Offer): { from: number; to: number } | 'beyond' | undefined {
  const condition = request.headers.get('if-range')
  if (condition !== null && condition !== etag) return undefined
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') return Number(last) === 0 || size === 0 ? 'beyond' : { from: Math.max(0, size - Number(last)), to: size }
  if (last !== '' && Number(last) < Number(first)) return undefined
  return Number(first) >= size ? 'beyond' : { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) }
}

/** Opened without following a link that took the file's place, and refused if the file is not the one that was listed. */
async function stream({ file, size }: Offer, from: number, to: number): Promise<ReadableStream<Uint8Array>> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW)
  const about = await handle.stat()
  if (!about.isFile() || about.size !== size) {
    await handle.close()
    throw new Error('The file changed since the server started; start it again.')
  }
  let at = from
  return new ReadableStream({
    async pull(controller) {
      const chunk = new Uint8Array(Math.min(1 << 18, to - at))
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
      at += bytesRead
      if (bytesRead > 0) controller.enqueue(chunk.subarray(0, bytesRead))
      if (at < to && bytesRead > 0) return
      await handle.close()
      if (at < to) controller.error(new Error('the file ended early'))
      else controller.close()
    },
    cancel: () => handle.close(),
  })
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })
}
