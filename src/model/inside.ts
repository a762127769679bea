/** What a model is read out of: files by their paths, none of which leads outside. */

import type { Source } from './source.ts'

export interface ModelFiles {
  /** What people call the model: the last part of the folder or address. */
  readonly name: string
  /** What messages call a file of it. */
  label(path: string): string
  /** Where and why files may be missing, for messages: 'there is no such file' + absence. Default ''. */
  readonly absence?: string
  /** Does opening a file download all of it? Default false. */
  readonly distant?: boolean
  /** Undefined if there is no such file. Throws if `path` would lead outside the folder. */
  open(path: string): Promise<Source | undefined>
  /** How many bytes the file has; undefined if there is none, or where only fetching it would tell. */
  size(path: string): Promise<number | undefined>
}

/** Files of a model name other files (shards, pooling folders). Such a name may lead down, never up or away. */
export function insideOnly(path: string): string {
  const parts = path.split('/')
  const leaves = parts.some((part) => part === '' || part === '.' || part === '..') || /[\\:?#%\p{Cc}\u2028\u2029]/u.test(path)
  if (leaves || path.length > LONGEST)
    throw new Error(
      `loadModel: the model names a file ${JSON.stringify(path.slice(0, LONGEST))}, which is not a plain path inside its folder`,
    )
  return path
}

/** Of a path, in characters. */
const LONGEST = 400
