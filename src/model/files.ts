/** The files of one model: a folder on disk, a model on the hub, a base URL, or a Map of Blobs. The same code reads all of them. */

import { absenceOf, DEFAULT_MODEL, type EmbeddedName, embeddedFiles, embeddedFolder, isEmbedded } from './embedded.ts'
import { hubName } from './hub/name.ts'
import type { TellDownload } from './hub/repository.ts'
import { insideOnly, type ModelFiles } from './inside.ts'
import { blobSource, diskSource, inNode, nodeModule, urlSource } from './source.ts'

export type { ModelFiles } from './inside.ts'

/**
 * A folder (path or `file:` URL), the name of an embedded model ('encoder', 'decoder', 'translator'), `org/name` or `org/name@revision` on
 * the hub, an `http(s):` base URL, or relative path → Blob.
 */
export type ModelSource = string | URL | ReadonlyMap<string, Blob>

/**
 * Finds out what `source` is: without one the embedded encoder. An existing folder wins over a model of that name that is embedded or on the
 * hub; what is none of them is refused here. `hub`: the address of the hub, if not the usual one.
 */
export async function modelFiles(source?: ModelSource, tell?: TellDownload, hub?: string): Promise<ModelFiles> {
  if (source === undefined) return embedded(DEFAULT_MODEL)
  if (source instanceof Map) return blobFiles(source)
  if (source instanceof URL) return addressFiles(source)
  if (typeof source !== 'string')
    throw new TypeError(`loadModel: expected a folder, org/name, a URL or a Map of Blobs, got ${typeof source}`)
  if (source === '') throw new TypeError('loadModel: the folder has no name; pass a folder, org/name, a URL or a Map of Blobs')
  if (/^(https?|file):\/\//i.test(source)) return addressFiles(new URL(source))
  if (isEmbedded(source)) return (await isFolder(source)) ? folderFiles(source) : embedded(source)
  const name = hubName(source)
  if (!name) return folderFiles(source)
  if (inNode() && (await sizeOf(source)) !== undefined) return folderFiles(source)
  // Comes when a name is asked for: pages that read from elsewhere are spared it.
  const { openOnHub } = await import('./hub/open.ts')
  return openOnHub(name, tell, hub)
}

async function sizeOf(path: string): Promise<number | undefined> {
  const { stat } = nodeModule('node:fs/promises')
  return (await stat(path).catch(() => undefined))?.size
}

async function isFolder(path: string): Promise<boolean> {
  if (!inNode()) return false
  const { stat } = nodeModule('node:fs/promises')
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}

async function embedded(name: EmbeddedName): Promise<ModelFiles> {
  if (!inNode()) return embeddedFiles(name)
  const folder = nodeModule('node:url').fileURLToPath(embeddedFolder(name))
  if (!(await isFolder(folder))) throw new Error(`loadModel: there is no folder ${JSON.stringify(folder)}${absenceOf(name)}`)
  return await folderFiles(folder)
}

function addressFiles(url: URL): Promise<ModelFiles> | ModelFiles {
  if (url.protocol === 'file:') return folderFiles(nodeModule('node:url').fileURLToPath(url))
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`loadModel: an address must be http:, https: or file:, got ${url.protocol}`)
  const base = new URL(url)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return {
    name: lastPart(decodeURIComponent(base.pathname)) || base.host,
    label: (path) => new URL(encodePath(path), base).href,
    open: async (path) => {
      const inside = new URL(encodePath(insideOnly(path)), base)
      inside.search = base.search
      return urlSource(inside)
    },
    size: async () => undefined,
  }
}

async function folderFiles(folder: string): Promise<ModelFiles> {
  const { join, resolve } = nodeModule('node:path')
  const { stat } = nodeModule('node:fs/promises')
  const about = await stat(folder).catch(() => undefined)
  if (!about) throw new Error(`loadModel: there is no folder ${JSON.stringify(folder)}; models on the hub are named org/name`)
  if (!about.isDirectory())
    throw new Error(`loadModel: ${JSON.stringify(folder)} is a file; pass the folder that holds config.json`)
  return {
    name: modelName(resolve(folder)),
    label: (path) => join(folder, path),
    open: async (path) => diskSource(join(folder, insideOnly(path)), join(folder, path)),
    size: (path) => sizeOf(join(folder, insideOnly(path))),
  }
}

/** What people call the model of a folder: its last part; in the hub's cache the name that the model has on the hub. */
export function modelName(folder: string): string {
  const path = folder.replaceAll('\\', '/').replace(/\/+$/, '')
  return /\/models--[^/]+?--([^/]+)\/snapshots\/[^/]+$/.exec(path)?.[1] ?? lastPart(path)
}

/** A folder chosen in a browser names its files `folder/config.json`: a folder that all names share is left out. */
function blobFiles(blobs: ReadonlyMap<string, Blob>): ModelFiles {
  const names = [...blobs.keys()]
  const shared = names[0]?.includes('/') ? `${names[0].split('/')[0]}/` : ''
  const prefix = shared && !blobs.has('config.json') && names.every((name) => name.startsWith(shared)) ? shared : ''
  return {
    name: prefix.slice(0, -1) || 'model',
    label: (path) => path,
    open: async (path) => {
      const blob = blobs.get(prefix + insideOnly(path))
      return blob && blobSource(blob, path)
    },
    size: async (path) => blobs.get(prefix + insideOnly(path))?.size,
  }
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function lastPart(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? ''
}

/** Far beyond any real config or tokenizer; a bigger text file is refused rather than read. */
const LONGEST_TEXT = 256 * 2 ** 20

/** A whole text file as JSON. Undefined if there is none; one line that names the file if it is not JSON. */
export async function readJson(files: ModelFiles, path: string): Promise<unknown> {
  const source = await files.open(path)
  if (!source) return undefined
  try {
    if (source.size > LONGEST_TEXT) throw new Error(`${source.name}: ${source.size} bytes is too large for a JSON file`)
    return parseJson(await source.read(0, source.size), source.name)
  } finally {
    await source.close()
  }
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error(`${name}: is not UTF-8 text`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${name}: is not JSON (${(error as Error).message.replace(/\s+/g, ' ')})`)
  }
}
