/** Serves the checkout to the benchmark's pages, on loopback: types stripped from TypeScript, isolated so that memory may be shared. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What pages may read. */
const SERVED = ['bench', 'src']

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.ts': 'text/javascript',
  '.wasm': 'application/wasm',
}

export interface Site {
  readonly address: string
  close(): void
}

export async function serve(): Promise<Site> {
  const server = createServer((request, response) => reply(new URL(request.url ?? '/', 'http://localhost').pathname, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server) }
}

function close(server: Server): void {
  server.close()
  server.closeAllConnections()
}

function reply(path: string, response: ServerResponse): void {
  const file = fileFor(decodeURIComponent(path))
  if (!file) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
  })
  const content = readFileSync(file)
  response.end(file.endsWith('.ts') ? stripTypeScriptTypes(content.toString(), { mode: 'strip' }) : content)
}

/** The file of a path; for a .js that was not built, the .ts it would be built from. */
function fileFor(path: string): string | undefined {
  const relative = normalize(path).replace(/^[/\\]+/, '')
  if (!SERVED.includes(relative.split(sep)[0]!)) return undefined
  const file = join(ROOT, relative)
  return [file, file.replace(/\.js$/, '.ts')].find((each) => existsSync(each) && statSync(each).isFile())
}
