/** A hub of our own on loopback: it answers as huggingface.co does, and misbehaves on request. */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, relative } from 'node:path'

export type Misbehave = (request: IncomingMessage, response: ServerResponse, bytes: Uint8Array) => void | Promise<void>

export interface TestRepository {
  readonly commit: string
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Whoever asks for a file must bring this token. */
  readonly token?: string
  readonly gated?: boolean
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const gitHash = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')

export async function filesOf(folder: string): Promise<Map<string, Uint8Array>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(paths.map(async (path): Promise<[string, Uint8Array]> => [relative(folder, path), await readFile(path)])),
  )
}

export class TestHub {
  readonly repositories = new Map<string, TestRepository>()
  /** What was asked, as 'GET /path' with ' bytes=…' behind it for ranges. */
  readonly log: string[] = []
  /** Tokens that came with requests, by path. */
  readonly tokens = new Map<string, string | undefined>()
  /** Answers in place of the hub's own, one after another, for requests whose path holds the key. HEAD is left alone. */
  readonly odd = new Map<string, Misbehave[]>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<TestHub> {
    const hub = new TestHub()
    await new Promise<void>((done) => hub.#server.listen(0, '127.0.0.1', done))
    return hub
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    response.setHeader('access-control-allow-origin', '*')
    const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname)
    this.log.push([request.method, path, request.headers.range].filter(Boolean).join(' '))
    this.tokens.set(path, request.headers.authorization)
    const key = [...this.odd.keys()].find((part) => path.includes(part))
    const odd = request.method === 'GET' && key !== undefined ? this.odd.get(key)!.shift() : undefined
    if (odd) return odd(request, response, this.#bytesAt(path))
    const listed = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(path)
    if (listed) return this.#list(response, request, listed[1]!, listed[2]!)
    const asked = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path)
    if (asked) return this.#file(response, request, asked[1]!, asked[3]!)
    if (path.startsWith('/cdn/')) return sendBytes(request, response, this.#bytesAt(path))
    return response.writeHead(404).end()
  }

  #bytesAt(path: string): Uint8Array {
    const files = [...this.repositories.values()].flatMap(({ files }) => [...files])
    return files.find(([name, bytes]) => path.endsWith(`/${name}`) || path === `/cdn/${sha256(bytes)}`)?.[1] ?? new Uint8Array(0)
  }

  #list(response: ServerResponse, request: IncomingMessage, name: string, revision: string): unknown {
    const found = this.#allowed(response, request, name, false)
    if (!found) return undefined
    if (revision !== 'main' && revision !== 'v1' && revision !== found.commit)
      return refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`)
    const siblings = [...found.files.keys()].map((rfilename) => ({ rfilename }))
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ id: name, sha: found.commit, siblings }))
  }

  #file(response: ServerResponse, request: IncomingMessage, name: string, path: string): unknown {
    const found = this.#allowed(response, request, name, true)
    if (!found) return undefined
    const bytes = found.files.get(path)
    if (!bytes) return refuse(response, 404, 'EntryNotFound', 'Entry not found')
    const known = { 'x-repo-commit': found.commit, 'accept-ranges': 'bytes' }
    if (!path.endsWith('.safetensors')) return sendBytes(request, response, bytes, { ...known, etag: `"${gitHash(bytes)}"` })
    const linked = { 'x-linked-etag': `"${sha256(bytes)}"`, 'x-linked-size': String(bytes.length) }
    return response.writeHead(302, { ...known, ...linked, location: `${this.address}/cdn/${sha256(bytes)}` }).end()
  }

  #allowed(response: ServerResponse, request: IncomingMessage, name: string, file: boolean): TestRepository | undefined {
    const found = this.repositories.get(name)
    const token = request.headers.authorization?.replace('Bearer ', '')
    if (found && (found.token === undefined || found.token === token)) return found
    if (found?.gated && !file) return found
    if (found?.gated) refuse(response, token ? 403 : 401, 'GatedRepo', 'Access to this model is restricted.')
    else if (token) refuse(response, 404, 'RepoNotFound', 'Repository not found')
    else refuse(response, 401, undefined, 'Invalid username or password.')
    return undefined
  }
}

function refuse(response: ServerResponse, status: number, code: string | undefined, message: string): void {
  response.writeHead(status, { ...(code && { 'x-error-code': code }), 'x-error-message': message }).end(message)
}

export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): void {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
  const body = bytes.subarray(Number(from ?? 0))
  const about = { ...headers, 'content-length': String(body.length) }
  if (from === undefined) response.writeHead(200, about)
  else response.writeHead(206, { ...about, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Sends so many bytes and then breaks the connection. */
export function cutAfter(count: number): Misbehave {
  return async (request, response, bytes) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const rest = bytes.length - from
    response.writeHead(from ? 206 : 200, {
      'content-length': String(rest),
      ...(from && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    await new Promise<void>((done) => response.write(bytes.subarray(from, from + count), () => done()))
    // What was written must leave the machine before the line is cut.
    setTimeout(() => response.destroy(), 30)
  }
}

/** Sends so many bytes and then nothing more. */
export function stallAfter(count: number): Misbehave {
  return (_, response, bytes) => {
    response.writeHead(200, { 'content-length': String(bytes.length) })
    response.write(bytes.subarray(0, count))
  }
}

export function status(code: number, headers: Record<string, string> = {}): Misbehave {
  return (_, response) => void response.writeHead(code, headers).end()
}
