/**
 * Models of the hub for the page: this process fetches them into the cache that all its tools share, checks them, and hands them out. So the
 * page itself is connected to nothing but this server, and no token comes near it.
 */

import { type DownloadProgress, HubError } from '../../model/index.ts'
import { type Offer, type Offers, offerModel } from './offered.ts'

export interface HubSource {
  /** The hub's own, for people to read. */
  readonly address: string
  /** Fetches `org/name` and says in which folder it lies. What `onProgress` throws ends it. */
  fetch(name: string, onProgress: (progress: DownloadProgress) => void): Promise<string>
}

/** A line of the answer while a model comes: how far a file is, and at last where all are, or why not. */
export type FetchLine = DownloadProgress | { readonly folder: string } | { readonly error: string; readonly fault?: string }

/** Milliseconds between two lines about the same file. */
const PACE = 100

export class HubModels {
  readonly #source: HubSource
  /** By their names on the hub. */
  readonly #fetched = new Map<string, Offers>()

  constructor(source: HubSource) {
    this.#source = source
  }

  file(name: string, path: string): Offer | undefined {
    return this.#fetched.get(name)?.get(path)
  }

  /** Answers with a line of JSON at a time. Whoever does not listen to the end ends the fetching. */
  fetch(name: string): Response {
    let heard = true
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const say = (line: FetchLine): void => {
          if (!heard) throw new Error('nobody waits for it any more')
          controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`))
        }
        void this.#bring(name, say)
          .catch((error: Error) => heard && say(refusal(error)))
          .finally(() => heard && controller.close())
      },
      cancel: () => {
        heard = false
      },
    })
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' } })
  }

  async #bring(name: string, say: (line: FetchLine) => void): Promise<void> {
    let [file, at] = ['', 0]
    const folder = await this.#source.fetch(name, (progress) => {
      const now = performance.now()
      if (progress.file === file && progress.bytes < progress.total && now - at < PACE) return
      ;[file, at] = [progress.file, now]
      say(progress)
    })
    this.#fetched.set(name, await offerModel(folder))
    say({ folder: `${encodeURIComponent(name)}/` })
  }
}

function refusal(error: Error): FetchLine {
  return { error: error.message, ...(error instanceof HubError && { fault: error.fault }) }
}
