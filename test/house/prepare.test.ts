import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'regard-scripts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A checkout with the scripts alone, so that nothing here touches the real one. */
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'parts'), { recursive: true })
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true })
  cpSync(join(root, 'runtime'), join(folder, 'runtime'), { recursive: true, filter: (path) => !path.includes('node_modules') })
})

/** Runs a script in that checkout. → both outputs, line by line. */
async function script(code: string): Promise<{ out: string[]; err: string[] }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd: folder })
  const lines = (text: string): string[] => text.split('\n').filter(Boolean)
  return { out: lines(stdout), err: lines(stderr) }
}

describe('what is stale', () => {
  const build = `
    import { appendFileSync } from 'node:fs'
    import { hashOf, isFresh, stamped } from './scripts/stamps.mjs'
    const hash = hashOf(['parts'])
    if (isFresh('part', hash, ['made.txt'])) console.log('fresh')
    else await stamped('part', hash, async () => { appendFileSync('made.txt', '.'); console.log('built') })
  `
  const ran = async (): Promise<string | undefined> => (await script(build)).out[0]

  it('is decided by content: a new time changes nothing, a new byte does', async () => {
    const file = join(folder, 'parts', 'one.ts')
    writeFileSync(file, 'a')
    expect(await ran()).toBe('built')
    utimesSync(file, new Date(), new Date())
    expect(await ran()).toBe('fresh')
    writeFileSync(file, 'b')
    expect(await ran()).toBe('built')
  })

  it('a part whose output is gone is built again', async () => {
    expect(await ran()).toBe('built')
    rmSync(join(folder, 'made.txt'))
    expect(await ran()).toBe('built')
  })

  it('a build that fails is tried again', async () => {
    await script(build)
    writeFileSync(join(folder, 'parts', 'one.ts'), 'c')
    await expect(script(build.replace("appendFileSync('made.txt', '.')", "throw new Error('no')"))).rejects.toThrow('no')
    expect(await ran()).toBe('built')
  })
})

describe('the lock', () => {
  const hold = (name: string): string => `
    import { appendFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { alone } from './scripts/lock.mjs'
    await alone(async () => {
      appendFileSync('log', '${name} in\\n')
      await setTimeout(200)
      appendFileSync('log', '${name} out\\n')
    })
  `
  const lock = (): string => join(folder, 'build', 'prepare.lock')

  it('lets one run prepare at a time', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => script(hold(name))))
    const log = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
    expect(log.length).toBe(6)
    for (let n = 0; n < 6; n += 2) expect(log[n]!.split(' ')[0]).toBe(log[n + 1]!.split(' ')[0])
    expect(existsSync(lock())).toBe(false)
  })

  it('is taken from a process that died', async () => {
    const { out } = await script('console.log(process.pid)')
    mkdirSync(join(folder, 'build'))
    writeFileSync(lock(), out[0]!)
    await script(hold('a'))
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('a in\na out\n')
  })

  it('is given back when the work fails', async () => {
    const failing = "import { alone } from './scripts/lock.mjs'\nawait alone(async () => { throw new Error('no') })"
    await expect(script(failing)).rejects.toThrow('no')
    expect(existsSync(lock())).toBe(false)
  })
})

describe('progress in a pipe', () => {
  const step = (ms: number): string => `
    import { setTimeout } from 'node:timers/promises'
    import { step } from './scripts/progress.mjs'
    await step('counting sheep', () => setTimeout(${ms}))
  `

  it('says nothing about what takes no time', async () => {
    expect((await script(step(0))).err).toEqual([])
  })

  it('says in two plain lines what is done and how long it took', async () => {
    const { out, err } = await script(step(1300))
    expect(out).toEqual([])
    expect(err).toEqual(['counting sheep …', expect.stringMatching(/^counting sheep: \d+\.\d s$/)])
  })
})

describe('an install', () => {
  const have = (packages: object): void => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }))
  }
  const lockfile = (packages: object): void => writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }))
  const installed = async (): Promise<string | undefined> =>
    (await script("import { isInstalled } from './scripts/install.mjs'\nconsole.log(isInstalled())")).out[0]

  const a = { 'node_modules/a': { version: '1.0.0' } }

  it('that was cut short, or never was, is none', async () => {
    lockfile(a)
    expect(await installed()).toBe('false')
  })

  it('is fresh when it holds what the lockfile names', async () => {
    lockfile(a)
    have(a)
    expect(await installed()).toBe('true')
  })

  it('is stale when a version differs or a package is missing', async () => {
    lockfile({ 'node_modules/a': { version: '1.0.1' } })
    have(a)
    expect(await installed()).toBe('false')
    lockfile({ ...a, 'node_modules/b': { version: '1.0.0' } })
    expect(await installed()).toBe('false')
  })

  it('may lack the packages of other platforms', async () => {
    lockfile({ ...a, 'node_modules/b': { version: '1.0.0', optional: true } })
    have(a)
    expect(await installed()).toBe('true')
  })
})
