/** A file with random access, wherever it lies: memory, a Blob, a disk, a server. */

export interface Source {
  /** What messages call it. */
  readonly name: string
  /** Length in bytes. */
  readonly size: number
  /**
   * Exactly `length` bytes from `offset` on, or throws one line that names the file. `into`, at least as long, may be filled rather than
   * a new array: whoever reads much spares the garbage.
   */
  read(offset: number, length: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

const nothingToClose = async (): Promise<void> => {}

function checkRange(source: { name: string; size: number }, offset: number, length: number): void {
  if (offset < 0 || length < 0 || offset + length > source.size)
    throw new RangeError(`${source.name}: bytes ${offset} to ${offset + length} were asked for, the file has ${source.size}`)
}

/** Bytes that are here already. `read` gives views of them, not copies. */
export function bytesSource(bytes: Uint8Array<ArrayBuffer>, name = 'bytes'): Source {
  const source: Source = {
    name,
    size: bytes.byteLength,
    read: async (offset, length) => {
      checkRange(source, offset, length)
      return bytes.subarray(offset, offset + length)
    },
    close: nothingToClose,
  }
  return source
}

/** A Blob or File, as a browser hands them out. */
export function blobSource(blob: Blob, name = 'blob'): Source {
  const source: Source = {
    name,
    size: blob.size,
    read: async (offset, length) => {
      checkRange(source, offset, length)
      const bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
      if (bytes.length !== length) throw new Error(`${name}: ended after ${bytes.length} of ${length} bytes from ${offset} on`)
      return bytes
    },
    close: nothingToClose,
  }
  return source
}

/** A file on disk (Node). Undefined if there is none. */
export async function diskSource(path: string, name = path): Promise<Source | undefined> {
  const { open, stat } = nodeModule('node:fs/promises')
  const refuse = (error: NodeJS.ErrnoException): undefined => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new Error(`${name}: cannot be opened (${error.code ?? error.message})`)
  }
  const about = await stat(path).catch(refuse)
  if (!about) return undefined
  if (!about.isFile()) throw new Error(`${name}: is not a file`)
  const handle = await open(path, 'r').catch(refuse)
  if (!handle) return undefined
  const source: Source = {
    name,
    size: about.size,
    read: async (offset, length, into) => {
      checkRange(source, offset, length)
      const bytes = into?.subarray(0, length) ?? new Uint8Array(length)
      let done = 0
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
        if (bytesRead === 0)
          throw new Error(`${name}: ended after ${done} of ${length} bytes from ${offset} on; it changed while it was read`)
        done += bytesRead
      }
      return bytes
    },
    close: () => handle.close(),
  }
  return source
}

interface NodeModules {
  'node:crypto': typeof import('node:crypto')
  'node:fs/promises': typeof import('node:fs/promises')
  'node:os': typeof import('node:os')
  'node:path': typeof import('node:path')
  'node:url': typeof import('node:url')
}

export function inNode(): boolean {
  return typeof globalThis.process?.getBuiltinModule === 'function'
}

/**
 * Node's own modules, without an import that a browser bundle would trip over. Throws where there are none.
 * @internal
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const modules = globalThis.process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined
  if (!modules) throw new Error('files on disk can be read in Node only; in a browser pass a URL or a Map of Blobs')
  return modules
}

/** How much a server is asked for at a time: whole tensors in few requests, without holding the whole file. */
const WINDOW = 8 * 2 ** 20

/**
 * A file on a server, read by ranges (RFC 9110 §14) a window at a time; a server that knows no ranges sends all of it once.
 * Undefined if the server says 404 or 410.
 */
export async function urlSource(url: URL, name = url.href, get: typeof fetch = fetch): Promise<Source | undefined> {
  const first = await request(url, name, get, 0, WINDOW)
  if (!first) return undefined
  if (first.whole) return bytesSource(first.bytes, name)
  let window = { from: 0, bytes: first.bytes }
  const source: Source = {
    name,
    size: first.size,
    read: async (offset, length) => {
      checkRange(source, offset, length)
      const from = Math.max(0, offset - window.from)
      const here = offset >= window.from ? window.bytes.subarray(from, from + length) : window.bytes.subarray(0, 0)
      if (here.length === length) return here
      window = await next(offset + here.length, length - here.length)
      const there = window.bytes.subarray(0, length - here.length)
      return here.length === 0 ? there : joined(here, there)
    },
    close: nothingToClose,
  }
  /** The window that begins at `from`, with at least `needed` bytes. */
  const next = async (from: number, needed: number): Promise<{ from: number; bytes: Uint8Array<ArrayBuffer> }> => {
    const reply = await request(url, name, get, from, Math.min(Math.max(needed, WINDOW), source.size - from))
    if (!reply || reply.whole || reply.size !== first.size || reply.tag !== first.tag)
      throw new Error(`${name}: changed on the server while it was read; load it again`)
    return { from, bytes: reply.bytes }
  }
  return source
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(a.length + b.length)
  made.set(a)
  made.set(b, a.length)
  return made
}

interface Reply {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly size: number
  readonly whole: boolean
  readonly tag: string | null
}

async function request(url: URL, name: string, get: typeof fetch, offset: number, length: number): Promise<Reply | undefined> {
  const range = `bytes=${offset}-${offset + length - 1}`
  const reply = await get(url, { headers: { range } }).catch((error: Error) => {
    throw new Error(`${name}: the server could not be reached (${(error.cause as Error | undefined)?.message ?? error.message})`)
  })
  if (reply.status === 404 || reply.status === 410) return undefined
  const tag = reply.headers.get('etag')
  if (reply.status === 416 && /^bytes \*\/0$/.test(reply.headers.get('content-range') ?? ''))
    return { bytes: new Uint8Array(0), size: 0, whole: true, tag }
  if (!reply.ok) throw new Error(`${name}: the server answered ${reply.status} ${reply.statusText}`.trimEnd())
  const bytes = await body(reply, name)
  if (reply.status !== 206) return { bytes, size: bytes.length, whole: true, tag }
  const said = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(reply.headers.get('content-range') ?? '')
  const size = Number(said?.[3])
  if (
    Number(said?.[1]) !== offset ||
    Number(said?.[2]) !== Math.min(offset + length, size) - 1 ||
    bytes.length !== Math.min(length, size - offset)
  )
    throw new Error(
      `${name}: the server was asked for ${range} and sent "${reply.headers.get('content-range')}" with ${bytes.length} bytes`,
    )
  return { bytes, size, whole: false, tag }
}

async function body(reply: Response, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await reply.arrayBuffer())
  } catch (error) {
    throw new Error(`${name}: the connection broke while it was read (${(error as Error).message})`)
  }
}
