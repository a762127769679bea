import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const json = (path: string) => JSON.parse(read(path))
const manifest = json('package.json')
const lock: Record<string, Locked> = json('package-lock.json').packages

interface Locked {
  resolved?: string
  link?: boolean
  hasInstallScript?: boolean
  optionalDependencies?: Record<string, string>
}

/** What is committed or about to be, but not deleted. */
const files = existsSync(join(root, '.git'))
  ? execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter((path) => path && existsSync(join(root, path)))
  : undefined

/** Files that people write: text, and not generated. */
const texts = (files ?? []).filter((path) => !/\.(png|gz|safetensors|wasm|ico|woff2)$|package-lock\.json$|^models\//.test(path))

describe.skipIf(!files)(`the repository${files ? '' : ' (skipped: not a git checkout)'}`, () => {
  it('has at most 15 files at the root', () => {
    expect(files!.filter((path) => !path.includes('/')).length).toBeLessThanOrEqual(15)
  })

  it('names no place of one machine and no registry', () => {
    const places = ['work', 'root', 'home', 'Users'].map((folder) => `(?<![\\w.*/])/${folder}/`)
    const registries = ['npmjs.org', 'npmjs.com', 'yarnpkg.com', 'npmmirror.com', 'jsdelivr.net', 'unpkg.com'].map((host) =>
      host.replace('.', '\\.'),
    )
    const forbidden = new RegExp([...places, ...registries].join('|'))
    const here = 'test/house/repository.test.ts'
    expect(texts.filter((path) => path !== here && forbidden.test(read(path)))).toEqual([])
  })

  it('leaves no note for later in the sources', () => {
    const later = /\b(TODO|FIXME|XXX|HACK)\b/
    expect(texts.filter((path) => /^(src|assembly|explorer|scripts)\//.test(path) && later.test(read(path)))).toEqual([])
  })

  it('reads no flags from the environment in src, but for what terminals and caches agree on', () => {
    const agreed = new Set([
      'NO_COLOR',
      'FORCE_COLOR',
      'COLORTERM',
      'COLORFGBG',
      'TERM',
      'COLUMNS',
      'CI',
      'HF_ENDPOINT',
      'HF_HOME',
      'HF_HUB_CACHE',
      'HF_HUB_DISABLE_IMPLICIT_TOKEN',
      'HF_HUB_DOWNLOAD_TIMEOUT',
      'HF_HUB_OFFLINE',
      'HF_TOKEN',
      'HF_TOKEN_PATH',
      'HUGGINGFACE_HUB_CACHE',
      'TRANSFORMERS_OFFLINE',
      'XDG_CACHE_HOME',
    ])
    const flags = texts
      .filter((path) => path.startsWith('src/'))
      .flatMap((path) => [...read(path).matchAll(/\benv(?:\.|\[')([A-Z]\w*)/g)].map(([, name]) => ({ path, name: name! })))
    expect(flags.filter(({ name }) => !agreed.has(name))).toEqual([])
  })
})

describe('package.json', () => {
  it.each(Object.entries<string>(manifest.scripts))('npm run %s: what it runs is there', (_, command) => {
    const file = /^node (\S+)/.exec(command)?.[1]
    if (file) expect(existsSync(join(root, file)), file).toBe(true)
    else expect(command).toMatch(/^(vite|tsc|vitest|biome)\b/)
  })

  it.each(Object.entries<string | Record<string, string>>(manifest.exports).filter(([, to]) => typeof to !== 'string'))(
    'regard%s: source, types and code stand for the same file',
    (_, to) => {
      const { 'regard-source': source, types, default: code } = to as Record<string, string>
      expect(existsSync(join(root, source!)), source).toBe(true)
      const stem = source!.replace('./src/', './dist/').replace(/\.ts$/, '')
      expect([types, code]).toEqual([`${stem}.d.ts`, `${stem}.js`])
    },
  )

  it('lets our own sources win over the build for those who ask', () => {
    for (const to of Object.values<object | string>(manifest.exports))
      if (typeof to === 'object') expect(Object.keys(to)).toEqual(['regard-source', 'types', 'default'])
  })
})

describe('package-lock.json', () => {
  it('names no download address', () => {
    expect(Object.entries(lock).filter(([, { resolved, link }]) => resolved && !link)).toEqual([])
  })

  it('holds the packages of every platform, not only of the one it was written on', () => {
    const names = new Set(Object.keys(lock).map((path) => path.replace(/^.*node_modules\//, '')))
    const missing = Object.values(lock).flatMap(({ optionalDependencies }) =>
      Object.keys(optionalDependencies ?? {}).filter((name) => !names.has(name)),
    )
    expect(missing).toEqual([])
  })

  it('brings a Node for Linux, macOS and Windows', () => {
    const brought = Object.keys(json('runtime/package.json').optionalDependencies)
    expect(brought.filter((name) => !lock[`node_modules/${name}`])).toEqual([])
    expect(brought.length).toBe(5)
  })

  it('needs no install script', () => {
    const needed = Object.entries(lock).filter(([, { hasInstallScript }]) => hasInstallScript)
    expect(needed.map(([path]) => path)).toEqual([])
  })
})
