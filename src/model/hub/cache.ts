/**
 * The cache that all Hugging Face tools share, one folder a model:
 *
 *     models--org--name/refs/main                       the commit that the branch stood at
 *     models--org--name/snapshots/COMMIT/config.json    → ../../blobs/ETAG
 *     models--org--name/blobs/ETAG                      the bytes, once for all commits
 *     models--org--name/.no_exist/COMMIT/modules.json   the commit has no such file
 *
 * Where links cannot be made, snapshots hold the bytes themselves.
 */

import { nodeModule } from '../source.ts'
import { type HubName, isCommit } from './name.ts'

export class HubCache {
  readonly folder: string
  readonly #root: string

  constructor(root: string, { repository }: Pick<HubName, 'repository'>) {
    const { join } = nodeModule('node:path')
    const own = `models--${repository.replace('/', '--')}`
    this.folder = join(root, own)
    this.#root = root
  }

  /** The commit that `revision` stood at when it was last asked for; undefined if it never was. */
  async commitOf(revision: string): Promise<string | undefined> {
    const { readFile } = nodeModule('node:fs/promises')
    const commit = isCommit(revision) ? revision : (await readFile(this.#ref(revision), 'utf8').catch(() => '')).trim()
    return isCommit(commit) && (await exists(this.snapshot(commit))) ? commit : undefined
  }

  async keepCommit(revision: string, commit: string): Promise<void> {
    if (!isCommit(revision)) await this.#write(this.#ref(revision), commit)
  }

  /** Where the files of a commit lie, or would. */
  snapshot(commit: string, path = ''): string {
    return nodeModule('node:path').join(this.folder, 'snapshots', commit, path)
  }

  blob(etag: string): string {
    return nodeModule('node:path').join(this.folder, 'blobs', etag)
  }

  lock(etag: string): string {
    const { basename, join } = nodeModule('node:path')
    return join(this.#root, '.locks', basename(this.folder), `${etag}.regard.lock`)
  }

  /** The file of a commit; undefined if it is not here. */
  async find(commit: string, path: string): Promise<string | undefined> {
    const file = this.snapshot(commit, path)
    return (await exists(file)) ? file : undefined
  }

  /** Is it known that the commit has no such file? */
  isAbsent(commit: string, path: string): Promise<boolean> {
    return exists(this.#absent(commit, path))
  }

  /** Are the bytes here, all of them? */
  async holds(etag: string, size: number): Promise<boolean> {
    const { stat } = nodeModule('node:fs/promises')
    return (await stat(this.blob(etag)).catch(() => undefined))?.size === size
  }

  async noteAbsent(commit: string, path: string): Promise<void> {
    await this.#write(this.#absent(commit, path), '')
  }

  /** Makes a blob the commit's file `path`. Gives back where that lies. */
  async link(commit: string, path: string, etag: string): Promise<string> {
    const { mkdir, rename, rm, symlink } = nodeModule('node:fs/promises')
    const { dirname, relative } = nodeModule('node:path')
    const file = this.snapshot(commit, path)
    await mkdir(dirname(file), { recursive: true })
    const made = `${file}.${unique()}`
    try {
      await symlink(relative(dirname(file), this.blob(etag)), made)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error
      await rename(this.blob(etag), made)
    }
    await rename(made, file).catch(async (error) => {
      await rm(made, { force: true })
      if (!(await exists(file))) throw error
    })
    return file
  }

  #ref(revision: string): string {
    return nodeModule('node:path').join(this.folder, 'refs', ...revision.split('/'))
  }

  #absent(commit: string, path: string): string {
    return nodeModule('node:path').join(this.folder, '.no_exist', commit, path)
  }

  /** Whole or not at all. */
  async #write(file: string, text: string): Promise<void> {
    const { mkdir, rename, writeFile } = nodeModule('node:fs/promises')
    await mkdir(nodeModule('node:path').dirname(file), { recursive: true })
    const made = `${file}.${unique()}`
    await writeFile(made, text)
    await rename(made, file)
  }
}

/** Follows links: one that leads nowhere does not count. */
export async function exists(path: string): Promise<boolean> {
  const { stat } = nodeModule('node:fs/promises')
  return (await stat(path).catch(() => undefined)) !== undefined
}

function unique(): string {
  return `${process.pid}-${nodeModule('node:crypto').randomBytes(4).toString('hex')}`
}
