/** Listening on the loopback address. */

import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Problem } from '../problem.ts'

/** Where the explorer stands when nobody says otherwise, and how many ports after it are tried. */
export const USUAL_PORT = 7331
const TRIES = 20

/** What answers requests. */
export interface Answering {
  fetch(request: Request): Response | Promise<Response>
}

export interface Listening {
  readonly port: number
  readonly address: string
  /** The usual port was taken, so another was chosen. */
  readonly moved: boolean
  /** Ends it at once, open connections included. */
  close(): Promise<void>
}

/** A port that was asked for is taken or refused (0: any free one); without one the first free port from the usual one on. */
export async function listen(served: Answering, asked: number | undefined): Promise<Listening> {
  const ports = asked === undefined ? Array.from({ length: TRIES }, (_, n) => USUAL_PORT + n) : [asked]
  for (const port of ports) {
    const server = createAdaptorServer({ fetch: (request) => served.fetch(request) }) as Server
    const failure = await attempt(server, port)
    if (!failure) return listening(server, asked === undefined && port !== USUAL_PORT)
    if (failure.code !== 'EADDRINUSE')
      throw new Problem(
        `port ${port} cannot be opened on 127.0.0.1 (${failure.code ?? failure.message}); choose another with --port`,
      )
  }
  const taken = asked === undefined ? `ports ${ports[0]} to ${ports.at(-1)} are` : `port ${asked} is`
  throw new Problem(`${taken} in use on 127.0.0.1; choose another with --port, or --port 0 for any that is free`)
}

function attempt(server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', resolve)
      resolve(undefined)
    })
  })
}

function listening(server: Server, moved: boolean): Listening {
  const about = server.address()
  const port = typeof about === 'object' && about ? about.port : 0
  return {
    port,
    address: `http://127.0.0.1:${port}/`,
    moved,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
