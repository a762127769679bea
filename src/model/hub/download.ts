/** One file from the hub to the disk: resumed where it was cut, checked against its hash, and there only when it is whole. */

import type { Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { nodeModule } from '../source.ts'
import { HubError } from './error.ts'
import { ask, type Hub, sleep } from './request.ts'

/** What the hub says of a file before it is fetched. */
export interface Announced {
  readonly url: URL
  /** sha256 of large files, git's own hash of small ones; names the file in the cache. */
  readonly etag: string
  readonly size: number
}

/** Asks what stands at `url`; undefined if the repository has no such file. */
export async function announced(hub: Hub, url: URL): Promise<Announced | undefined> {
  const reply = await ask(hub, url, { method: 'HEAD' })
  if (!reply) return undefined
  const said = reply.headers.get('x-linked-etag') ?? reply.headers.get('etag') ?? ''
  const etag = said.replace(/^W\//, '').replace(/^"(.*)"$/, '$1')
  const length = reply.headers.get('x-linked-size') ?? reply.headers.get('content-length') ?? ''
  if (!/^[\w-]{1,128}$/.test(etag) || !/^\d{1,15}$/.test(length))
    throw new HubError(
      `${url.href}: the server says neither hash nor length as a hub does (etag ${JSON.stringify(said)}, length ${JSON.stringify(length)})`,
      'answer',
    )
  return { url, etag, size: Number(length) }
}

/**
 * Fetches `file` to `path`. What a broken try left in `path` + '.incomplete' is gone on from. `tell` hears how many bytes are in.
 */
export async function download(hub: Hub, file: Announced, path: string, tell: (bytes: number) => void): Promise<void> {
  const { mkdir, rename } = nodeModule('node:fs/promises')
  const folder = nodeModule('node:path').dirname(path)
  await mkdir(folder, { recursive: true })
  const waiting = `${path}.regard.incomplete`
  const partial = await Partial.open(waiting, file)
  try {
    await checkRoom(folder, file, file.size - partial.bytes)
    const resumed = partial.bytes > 0
    await receiveAll(hub, file, partial, tell)
    // What an earlier process left may have been spoilt; what came just now is tried once.
    if (!partial.isRight() && resumed) {
      await partial.restart()
      await receiveAll(hub, file, partial, tell)
    }
    if (!partial.isRight()) {
      await partial.restart()
      throw new HubError(`${file.url.href}: what came is not what the hub announced (hash ${file.etag}); try again`, 'corrupt')
    }
    await partial.sync()
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noRoom(folder, file, file.size - partial.bytes) : error
  } finally {
    await partial.close()
  }
  await rename(waiting, path)
}

/** The part of a file that is here, and the hash of it so far. */
class Partial {
  bytes = 0
  readonly #file: Announced
  readonly #handle: FileHandle
  #hash: Hash | undefined

  constructor(handle: FileHandle, file: Announced) {
    this.#handle = handle
    this.#file = file
    this.#hash = hashFor(file)
  }

  static async open(path: string, file: Announced): Promise<Partial> {
    const { constants, open } = nodeModule('node:fs/promises')
    const partial = new Partial(await open(path, constants.O_RDWR | constants.O_CREAT, 0o644), file)
    await partial.#readBack()
    return partial
  }

  async #readBack(): Promise<void> {
    const { size } = await this.#handle.stat()
    if (size > this.#file.size) return this.restart()
    const piece = new Uint8Array(Math.min(size, 2 ** 20))
    while (this.bytes < size) {
      const { bytesRead } = await this.#handle.read(piece, 0, piece.length, this.bytes)
      if (bytesRead === 0) break
      this.#hash?.update(piece.subarray(0, bytesRead))
      this.bytes += bytesRead
    }
  }

  async write(piece: Uint8Array): Promise<void> {
    let done = 0
    while (done < piece.length) {
      const { bytesWritten } = await this.#handle.write(piece, done, piece.length - done, this.bytes + done)
      done += bytesWritten
    }
    this.#hash?.update(piece)
    this.bytes += piece.length
  }

  async restart(): Promise<void> {
    await this.#handle.truncate(0)
    this.bytes = 0
    this.#hash = hashFor(this.#file)
  }

  isRight(): boolean {
    return this.bytes === this.#file.size && (!this.#hash || this.#hash.copy().digest('hex') === this.#file.etag)
  }

  sync(): Promise<void> {
    return this.#handle.sync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** The etag of a large file is its sha256, that of a small one what git calls it. Others say nothing of the content. */
function hashFor({ etag, size }: Announced): Hash | undefined {
  const { createHash } = nodeModule('node:crypto')
  if (/^[0-9a-f]{64}$/.test(etag)) return createHash('sha256')
  return /^[0-9a-f]{40}$/.test(etag) ? createHash('sha1').update(`blob ${size}\0`) : undefined
}

/** Until all is here. A connection that breaks is made again; it may break any number of times as long as something comes. */
async function receiveAll(hub: Hub, file: Announced, partial: Partial, tell: (bytes: number) => void): Promise<void> {
  const { attempts, pause } = hub.settings
  tell(partial.bytes)
  for (let failed = 0; partial.bytes < file.size; ) {
    const before = partial.bytes
    try {
      await receive(hub, file, partial, tell)
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      failed = partial.bytes > before ? 1 : failed + 1
      if (failed >= attempts)
        throw new HubError(
          `${file.url.href}: the connection broke ${failed} times at byte ${partial.bytes} of ${file.size} (${error.message}); what is here is kept, load it again to go on`,
          'unreachable',
        )
      await sleep(pause * 2 ** (failed - 1))
    }
  }
}

class Broken extends Error {}

async function receive(hub: Hub, file: Announced, partial: Partial, tell: (bytes: number) => void): Promise<void> {
  const stop = new AbortController()
  const headers: Record<string, string> = partial.bytes > 0 ? { range: `bytes=${partial.bytes}-` } : {}
  const reply = await ask(hub, file.url, { headers, signal: stop.signal })
  if (!reply) throw new HubError(`${file.url.href}: is no longer there`, 'answer')
  if (!continues(reply, partial.bytes)) {
    await partial.restart()
    if (reply.status !== 200) {
      await reply.body?.cancel()
      throw new Broken(`the server answered a range with ${reply.status}`)
    }
  }
  try {
    for await (const piece of pieces(reply, stop, hub.settings.patience)) {
      if (partial.bytes + piece.length > file.size)
        throw new HubError(`${file.url.href}: sends more than the ${file.size} bytes it announced`, 'corrupt')
      await partial.write(piece)
      tell(partial.bytes)
    }
  } finally {
    stop.abort()
  }
  if (partial.bytes < file.size) throw new Broken('it ended early')
}

/** Does the answer begin where the file so far ends? */
function continues(reply: Response, from: number): boolean {
  if (reply.status !== 206) return from === 0 && reply.status === 200
  return Number(/^bytes (\d+)-/.exec(reply.headers.get('content-range') ?? '')?.[1]) === from
}

/** The body, piece by piece. A server that falls silent counts as a broken connection. */
async function* pieces(reply: Response, stop: AbortController, patience: number): AsyncGenerator<Uint8Array> {
  const silent = (): void => stop.abort(new Error(`nothing came for ${patience / 1000} s`))
  let timer = setTimeout(silent, patience)
  const reader = reply.body?.getReader()
  try {
    for (;;) {
      const next = await reader?.read().catch((error: Error) => {
        throw new Broken((error.cause as Error | undefined)?.message ?? error.message)
      })
      if (!next || next.done) return
      clearTimeout(timer)
      yield next.value
      timer = setTimeout(silent, patience)
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Before gigabytes come for nothing. Disks that do not know their room are believed to have it. */
async function checkRoom(folder: string, file: Announced, needed: number): Promise<void> {
  const { statfs } = nodeModule('node:fs/promises')
  const disk = await statfs(folder).catch(() => undefined)
  if (disk && disk.blocks > 0 && disk.bavail * disk.bsize < needed) throw noRoom(folder, file, needed)
}

function noRoom(folder: string, file: Announced, needed: number): HubError {
  return new HubError(
    `${file.url.href}: needs ${needed} more bytes in ${folder}, which has no room for them; make room, or set HF_HUB_CACHE to a folder on another disk`,
    'space',
  )
}
