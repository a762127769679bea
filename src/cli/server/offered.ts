/**
 * What the server hands out: a list made before it starts, of the explorer's files and of the files that `loadModel` reads.
 * A request names an entry of the list or gets nothing: no path is ever joined, decoded or looked up on the disk.
 */

import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { Problem } from '../problem.ts'

export interface Offer {
  /** The real file, links followed. */
  readonly file: string
  readonly size: number
  readonly type: string
  readonly etag: string
  /** Its name holds a hash of its content: it may be kept for ever. */
  readonly lasting: boolean
}

/** URL path → file. */
export type Offers = ReadonlyMap<string, Offer>

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

/** Every file below the explorer's folder but source maps; `/` is its index.html. Links that lead out of the folder are left out. */
export async function offerExplorer(folder: string): Promise<Offers> {
  const root = await realpath(folder)
  const offers = new Map<string, Offer>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory() || extname(path) === '.map') continue
    const name = relative(root, path).split(sep).map(encodeURIComponent).join('/')
    const offer = await offered(path, [root], name.startsWith('assets/'))
    if (offer) offers.set(`/${name}`, offer)
  }
  const index = offers.get('/index.html')
  if (!index) throw new Problem(`explore: ${folder} holds no index.html; build the explorer with \`npm run explorer:build\``)
  return offers.set('/', index)
}

/**
 * The files of a model, by their paths in its folder. A link may lead where the Hugging Face cache keeps its files
 * (`snapshots/<revision>/x` → `../../blobs/<hash>`), and nowhere else outside the folder.
 */
export async function offerModel(folder: string): Promise<Offers> {
  const root = await realpath(resolve(folder))
  const roots = [root, join(root, '..', '..', 'blobs')]
  const offers = new Map<string, Offer>()
  for (const path of await modelPaths(root)) {
    const offer = await offered(join(root, path), roots, false)
    if (offer) offers.set(path, offer)
  }
  return offers
}

/** What `loadModel` may ask for; other files are named by an index of shards and by the list of modules. */
async function modelPaths(root: string): Promise<string[]> {
  const fixed = [
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'seen.json',
    'model.safetensors',
    'modules.json',
    'sentence_bert_config.json',
  ]
  const index = 'model.safetensors.index.json'
  const shards = Object.values(((await jsonOf(join(root, index))) as { weight_map?: object } | undefined)?.weight_map ?? {})
  const modules = ((await jsonOf(join(root, 'modules.json'))) ?? []) as { path?: unknown }[]
  const folders = Array.isArray(modules) ? modules.map((module) => module?.path) : []
  const named = [...shards, ...folders.map((path) => (path === '' ? undefined : `${path}/config.json`))].filter(plainPath)
  return [...new Set([...fixed, index, ...named])]
}

/** Names inside files of a model may lead down, never up or away. */
function plainPath(path: unknown): path is string {
  return typeof path === 'string' && /^[\w][\w.-]*(\/[\w][\w.-]*)*$/.test(path)
}

async function jsonOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** Undefined unless it is a plain file that really lies below one of the roots. */
async function offered(path: string, roots: readonly string[], lasting: boolean): Promise<Offer | undefined> {
  const file = await realpath(path).catch(() => undefined)
  if (!file || !roots.some((root) => file.startsWith(root + sep))) return undefined
  const about = await stat(file)
  if (!about.isFile()) return undefined
  const etag = `"${about.size.toString(36)}-${Math.round(about.mtimeMs).toString(36)}"`
  return { file, size: about.size, type: TYPES[extname(path)] ?? 'application/octet-stream', etag, lasting }
}
