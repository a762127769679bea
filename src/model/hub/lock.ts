/** One process at a time: a file that exists while the work goes on. */

import { nodeModule } from '../source.ts'
import { sleep } from './request.ts'

/** A lock whose owner gave no sign for so long is taken from it. */
const DEAD_AFTER = 20_000
const SIGN_EVERY = 4_000
const LOOK_EVERY = 50

/** Waits until nobody holds `path`, then does the work. A lock that a process left behind when it died holds nobody up for long. */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const { mkdir, rm, utimes } = nodeModule('node:fs/promises')
  await mkdir(nodeModule('node:path').dirname(path), { recursive: true })
  while (!(await take(path))) {
    if (await isLeft(path)) await rm(path, { force: true })
    else await sleep(LOOK_EVERY)
  }
  const sign = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), SIGN_EVERY)
  sign.unref()
  try {
    return await work()
  } finally {
    clearInterval(sign)
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  const { link, rm, writeFile } = nodeModule('node:fs/promises')
  const { randomBytes } = nodeModule('node:crypto')
  const made = `${path}.${randomBytes(6).toString('hex')}`
  try {
    // A lock appears together with its owner's name, so that nobody reads half of it.
    await writeFile(made, owner())
    await link(made, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS') throw error
    return takePlain(path)
  } finally {
    await rm(made, { force: true })
  }
}

/** Where the disk knows no second names for a file. */
async function takePlain(path: string): Promise<boolean> {
  const { writeFile } = nodeModule('node:fs/promises')
  try {
    await writeFile(path, owner(), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function owner(): string {
  return `${process.pid} ${nodeModule('node:os').hostname()}`
}

async function isLeft(path: string): Promise<boolean> {
  const { readFile, stat } = nodeModule('node:fs/promises')
  const [about, text] = await Promise.all([stat(path).catch(() => undefined), readFile(path, 'utf8').catch(() => '')])
  if (!about) return false
  const [id, host] = text.split(' ')
  if (host === nodeModule('node:os').hostname() && id && !isAlive(Number(id))) return true
  return Date.now() - about.mtimeMs > DEAD_AFTER
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
