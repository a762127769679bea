/** A model out of files that a reader dropped or chose: which of them belong to it, and what is missing. They are read here and sent nowhere. */

import type { Offer } from '../state/listing.ts'
import { modelStrings as say } from './strings.ts'

/** Path → file; a folder's files are called folder/file. */
export type Files = ReadonlyMap<string, File>

const WEIGHTS = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'
/** Files that models are made of, and those that tell why one is not. */
const OF_USE = /\.(json|safetensors|bin|h5|msgpack|onnx|gguf|pt|pth)$/i
/** More than any model's folder holds: someone let go of another one. */
const MOST_FILES = 20_000

/** What was chosen, as files or as a folder. */
export function chosenFiles(list: FileList): Files {
  return new Map([...list].map((file) => [file.webkitRelativePath || file.name, file]))
}

/** What was dropped, folders with all of use that is in them. */
export async function droppedFiles(dropped: readonly (FileSystemEntry | File)[]): Promise<Files> {
  const found = new Map<string, File>()
  const waiting = [...dropped]
  for (let seen = 0; seen < waiting.length; seen++) {
    if (seen >= MOST_FILES) throw new Error(say.tooMany(MOST_FILES))
    const each = waiting[seen]!
    if (each instanceof File) found.set(each.name, each)
    else if (each.isDirectory) waiting.push(...(await entriesOf(each as FileSystemDirectoryEntry)))
    else if (OF_USE.test(each.name)) found.set(each.fullPath.replace(/^\//, ''), await fileOf(each as FileSystemFileEntry))
  }
  return found
}

/** The model among the files. Throws one line that names what is missing. */
export async function modelIn(files: Files): Promise<Offer> {
  const folder = folderOf(files)
  const own = new Map(
    [...files].filter(([path]) => path.startsWith(folder)).map(([path, file]) => [path.slice(folder.length), file]),
  )
  const missing = [
    ...(own.has('config.json') || own.has('modules.json') ? [] : ['config.json']),
    ...(own.has('tokenizer.json') || own.has('modules.json') ? [] : ['tokenizer.json']),
    ...(await missingWeights(own)),
  ]
  const other = [...own.keys()].find((path) => /\.(bin|h5|msgpack|onnx|gguf|pt|pth)$/i.test(path))
  if (missing.length > 0) throw new Error(say.missing(missing, missing.includes(WEIGHTS) ? other : undefined))
  const name = folder.split('/').at(-2) ?? say.nameless
  const bytes = [...own].reduce((sum, [path, { size }]) => sum + (/\.(json|safetensors)$/.test(path) ? size : 0), 0)
  return { name, link: `files:${name}`, source: { files: own }, bytes, local: true }
}

/** The folder that is a model's, as its files begin: the topmost with a config.json, or with the list of a sentence encoder's modules. */
function folderOf(files: Files): string {
  const folders = [...files.keys()]
    .filter((path) => /(^|\/)(config|modules)\.json$/.test(path))
    .map((path) => path.replace(/[^/]*$/, ''))
  const top = Math.min(...folders.map(depth))
  const topmost = [...new Set(folders.filter((folder) => depth(folder) === top))]
  if (topmost.length > 1) throw new Error(say.several(topmost.map((folder) => folder.split('/').at(-2)!)))
  return topmost[0] ?? sharedFolder([...files.keys()])
}

const depth = (folder: string): number => folder.split('/').length

/** Where there is no config.json: the folder that all files lie in. */
function sharedFolder(paths: readonly string[]): string {
  const first = paths[0]?.split('/')[0]
  return paths.every((path) => path.startsWith(`${first}/`)) ? `${first}/` : ''
}

async function missingWeights(files: Files): Promise<string[]> {
  if (files.has(WEIGHTS) || files.has('modules.json')) return []
  const index = files.get(INDEX)
  if (!index) return [WEIGHTS]
  const { weight_map: map } = ((await index
    .text()
    .then(JSON.parse)
    .catch(() => undefined)) ?? {}) as { weight_map?: object }
  return [...new Set(Object.values(map ?? {}))].filter((shard) => typeof shard === 'string' && !files.has(shard))
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed))
    if (some.length === 0) return all
    all.push(...some)
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((done, failed) => entry.file(done, failed))
}
