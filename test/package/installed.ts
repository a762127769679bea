/** The package as its users get it: packed, and installed in a folder of its own, away from the repository. */

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Where to import from: every subpath that has code. */
export const subpaths = Object.entries<unknown>(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports)
  .filter(([, to]) => typeof to === 'object')
  .map(([path]) => path.replace('.', 'regard'))

export interface Installed {
  /** An empty project with `regard` in its node_modules. */
  readonly folder: string
  /** Paths of the package, as npm packed them. */
  readonly files: readonly string[]
  /** Why it could not be installed, if so. */
  readonly missing?: string
  remove(): void
}

/** Builds, packs and installs the package. */
export async function installPackage(): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'regard-installed-'))
  await run(process.execPath, ['scripts/build.mjs'], root)
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder], root)
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }]
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  const made = { folder, files: files.map(({ path }) => path), remove: () => rmSync(folder, { recursive: true, force: true }) }
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=0']
  try {
    await run('npm', ['install', join(folder, filename), ...quiet], folder)
  } catch (error) {
    if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.test(String(error))) throw error
    return { ...made, missing: "npm's registry cannot be reached and its cache lacks what the package depends on" }
  }
  return made
}

/** Runs a command. → its standard output; an error carries all that it printed. */
export async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(file, args, { cwd, maxBuffer: 2 ** 26 })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${file} ${args.join(' ')}\n${stdout}\n${stderr}`)
  }
}

/** Writes files of the project, by path. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
