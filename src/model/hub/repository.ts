/** A model on the hub as a folder whose files come when they are opened, and stay in the cache. */

import { insideOnly, type ModelFiles } from '../inside.ts'
import { diskSource, nodeModule } from '../source.ts'
import { HubCache } from './cache.ts'
import { type Announced, announced, download } from './download.ts'
import { HubError } from './error.ts'
import { fileUrl, type Listing, listing } from './listing.ts'
import { locked } from './lock.ts'
import { type HubName, isCommit } from './name.ts'
import type { Hub } from './request.ts'
import { type HubSettings, hubSettings } from './settings.ts'

/** Hears how many bytes of a file have come, of how many. */
export type TellDownload = (file: string, bytes: number, total: number) => void

/** Asks the hub which commit `name` stands for; without the hub, the cache. */
export async function openRepository(name: HubName, tell: TellDownload = () => {}, settings?: HubSettings): Promise<Repository> {
  const hub: Hub = { name, settings: settings ?? (await hubSettings()) }
  const cache = new HubCache(hub.settings.cache, name)
  const known = await cache.commitOf(name.revision)
  if (known && (hub.settings.offline || isCommit(name.revision))) return new Repository(hub, cache, known, undefined, tell)
  if (hub.settings.offline) throw notCached(hub, 'HF_HUB_OFFLINE is set')
  try {
    const found = await listing(hub)
    await cache.keepCommit(name.revision, found.commit)
    return new Repository(hub, cache, found.commit, found, tell)
  } catch (error) {
    if (!(error instanceof HubError) || error.fault !== 'unreachable') throw error
    if (!known) throw notCached(hub, error.message)
    return new Repository(hub, cache, known, undefined, tell, error.message)
  }
}

function notCached({ name, settings }: Hub, why: string): HubError {
  const at = name.revision === 'main' ? '' : ` at ${JSON.stringify(name.revision)}`
  return new HubError(
    `there is no folder ${JSON.stringify(name.repository)}, and the model of that name${at} is not in the cache ${settings.cache}: ${why}`,
    'unreachable',
  )
}

export class Repository implements ModelFiles {
  readonly name: string
  readonly distant = true
  readonly commit: string
  /** Why the hub was not asked for the newest commit, where it should have been. */
  readonly unreached: string | undefined
  readonly #hub: Hub
  readonly #cache: HubCache
  readonly #tell: TellDownload
  #listing: Listing | undefined

  constructor(hub: Hub, cache: HubCache, commit: string, listing: Listing | undefined, tell: TellDownload, unreached?: string) {
    this.name = hub.name.repository.split('/')[1]!
    this.commit = commit
    this.unreached = unreached
    this.#hub = hub
    this.#cache = cache
    this.#listing = listing
    this.#tell = tell
  }

  /** Where its files lie. Those that nobody opened are not there. */
  get folder(): string {
    return this.#cache.snapshot(this.commit)
  }

  label(path: string): string {
    return `${this.#hub.name.repository}/${path}`
  }

  /** Says of a file that `open` did not find why it may be missing. */
  get absence(): string {
    if (this.#listing) return ''
    const why = this.#hub.settings.offline ? 'HF_HUB_OFFLINE is set' : (this.unreached ?? '')
    return why && ` in the cache (${why})`
  }

  async open(path: string) {
    const file = await this.#file(insideOnly(path))
    return file === undefined ? undefined : diskSource(file, this.label(path))
  }

  async size(path: string): Promise<number | undefined> {
    const here = await this.#cache.find(this.commit, insideOnly(path))
    if (here) return (await nodeModule('node:fs/promises').stat(here)).size
    if (!(await this.#listed())?.paths.has(path)) return undefined
    return (await this.#announced(path))?.size
  }

  #announced(path: string): Promise<Announced | undefined> {
    return announced(this.#hub, fileUrl(this.#hub.settings.endpoint, this.#hub.name, this.commit, path))
  }

  async #listed(): Promise<Listing | undefined> {
    if (this.#hub.settings.offline || this.unreached) return undefined
    this.#listing ??= await listing({ ...this.#hub, name: { ...this.#hub.name, revision: this.commit } })
    return this.#listing
  }

  async #file(path: string): Promise<string | undefined> {
    const here = await this.#cache.find(this.commit, path)
    if (here) return here
    if (await this.#cache.isAbsent(this.commit, path)) return undefined
    const known = await this.#listed()
    if (!known) return undefined
    if (known.paths.has(path)) return this.#fetch(path)
    await this.#cache.noteAbsent(this.commit, path)
    return undefined
  }

  async #fetch(path: string): Promise<string | undefined> {
    const file = await this.#announced(path)
    if (!file) return undefined
    return locked(this.#cache.lock(file.etag), async () => {
      const here = await this.#cache.find(this.commit, path)
      if (here) return here
      if (!(await this.#cache.holds(file.etag, file.size)))
        await download(this.#hub, file, this.#cache.blob(file.etag), (bytes) => this.#tell(path, bytes, file.size))
      return this.#cache.link(this.commit, path, file.etag)
    })
  }
}
