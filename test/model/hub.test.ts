/** Models from a hub: ours, on loopback. Nothing here leaves this machine. */

import { execFile } from 'node:child_process'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hubName } from '../../src/model/hub/name.ts'
import { openRepository } from '../../src/model/hub/repository.ts'
import { type HubSettings, hubSettings } from '../../src/model/hub/settings.ts'
import { fetchModel, type LoadProgress, loadModel } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { cutAfter, filesOf, gitHash, sendBytes, sha256, stallAfter, status, TestHub } from '../support/hub.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const WEIGHTS = 'model.safetensors'
const NAME = 'tester/tiny'

let hub: TestHub
let folder: string
let files: Map<string, Uint8Array>
let settings: HubSettings

beforeAll(async () => {
  await startEngine()
  folder = await mkdtemp(join(tmpdir(), 'regard hub '))
  await writeTinyBert(join(folder, 'tiny'))
  files = await filesOf(join(folder, 'tiny'))
})

afterAll(() => rm(folder, { recursive: true }))

beforeEach(async () => {
  hub = await TestHub.start()
  hub.repositories.set(NAME, { commit: COMMIT, files })
  const home = await mkdtemp(join(folder, 'home '))
  vi.stubEnv('HF_HOME', home)
  vi.stubEnv('HF_ENDPOINT', hub.address)
  for (const name of [
    'HF_TOKEN',
    'HF_HUB_CACHE',
    'HUGGINGFACE_HUB_CACHE',
    'HF_HUB_OFFLINE',
    'TRANSFORMERS_OFFLINE',
    'HF_TOKEN_PATH',
  ])
    vi.stubEnv(name, '')
  settings = { ...(await hubSettings()), pause: 1, patience: 2000 }
})

afterEach(() => {
  hub.stop()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const cached = (...path: string[]): string => join(settings.cache, 'models--tester--tiny', ...path)
const bytes = (path: string): Uint8Array => files.get(path)!
const all = (changes: Partial<HubSettings> = {}, name = NAME) =>
  openRepository(hubName(name)!, undefined, { ...settings, ...changes })

/** The file `path` through the hub or the cache. */
async function take(path: string, changes: Partial<HubSettings> = {}): Promise<Uint8Array | undefined> {
  const source = await (await all(changes)).open(path)
  if (!source) return undefined
  const read = await source.read(0, source.size)
  await source.close()
  return read
}

describe('A name', () => {
  it.each([
    'org/name',
    'org/name@main',
    'org/name@v1.0',
    `org/name@${COMMIT}`,
    'o/n@refs/pr/3',
    'sentence-transformers/all-MiniLM-L6-v2',
  ])('%s may be a model on the hub', (text) => expect(hubName(text)).toBeDefined())

  it.each([
    'name',
    '/org/name',
    './org',
    '../name',
    'a/b/c',
    'org/',
    '~/name',
    'org/..',
    'org/.name',
    'a\\b',
    'org/na me',
    'org/name@',
    'org/name@../x',
    'org/name@a@b',
    'a--b/c',
  ])('%s cannot', (text) => expect(hubName(text)).toBeUndefined())

  it('is a folder where there is one', async () => {
    const before = process.cwd()
    await writeTinyBert(join(folder, NAME))
    process.chdir(folder)
    try {
      using model = await loadModel(NAME)
      expect(model.config.layers).toBe(3)
    } finally {
      process.chdir(before)
    }
    expect(hub.log).toEqual([])
  })
})

describe('A model on the hub', () => {
  it('gives what its folder gives, and is downloaded once', async () => {
    using here = await loadModel(join(folder, 'tiny'))
    using there = await loadModel(NAME)
    using one = await here.run('the animal was tired')
    using other = await there.run('the animal was tired')
    expect(await other.hidden(-1).read()).toEqual(await one.hidden(-1).read())
    const asked = hub.log.length
    using again = await loadModel(NAME)
    expect(again.name).toBe('tiny')
    expect(hub.log.slice(asked)).toEqual([`GET /api/models/${NAME}/revision/main`])
  })

  it('tells how far the download and the reading are', async () => {
    const heard: LoadProgress[] = []
    using _ = await loadModel(NAME, { onProgress: (progress) => void heard.push(progress) })
    const of = (stage: string, file: string) => heard.filter((each) => each.stage === stage && each.file === file)
    const size = bytes(WEIGHTS).length
    expect(of('download', WEIGHTS).at(-1)).toEqual({ stage: 'download', file: WEIGHTS, bytes: size, total: size })
    const read = of('read', `${NAME}/${WEIGHTS}`).map((each) => each.bytes)
    expect(read).toEqual([...read].sort((a, b) => a - b))
    expect(heard.at(-1)!.bytes).toBe(heard.at(-1)!.total)
  })

  it('lies in the cache as all Hugging Face tools keep it', async () => {
    await fetchModel(NAME)
    expect(await readFile(cached('refs', 'main'), 'utf8')).toBe(COMMIT)
    expect(await readlink(cached('snapshots', COMMIT, WEIGHTS))).toBe(join('..', '..', 'blobs', sha256(bytes(WEIGHTS))))
    const pooling = join('pooling', 'config.json')
    expect(await readlink(cached('snapshots', COMMIT, pooling))).toBe(join('..', '..', '..', 'blobs', gitHash(bytes(pooling))))
    for (const [path, expected] of files)
      expect(new Uint8Array(await readFile(cached('snapshots', COMMIT, path)))).toEqual(new Uint8Array(expected))
    expect(await readdir(cached('.no_exist', COMMIT))).toContain('chat_template.jinja')
    expect((await readdir(cached('blobs'))).filter((name) => name.includes('incomplete'))).toEqual([])
    expect(await readdir(join(settings.cache, '.locks', 'models--tester--tiny'))).toEqual([])
  })

  it('is asked only for the files that loading reads', async () => {
    hub.repositories.set(NAME, {
      commit: COMMIT,
      files: new Map([...files, ['pytorch_model.bin', new Uint8Array(9)], ['README.md', new Uint8Array(9)]]),
    })
    await fetchModel(NAME)
    expect(hub.log.filter((line) => /README|pytorch/.test(line))).toEqual([])
  })

  it('is refused before its weights are fetched if its family is unknown', async () => {
    const config = new TextEncoder().encode(JSON.stringify({ model_type: 'mamba' }))
    hub.repositories.set(NAME, { commit: COMMIT, files: new Map([...files, ['config.json', config]]) })
    for (const load of [loadModel, fetchModel])
      await expect(load(NAME)).rejects.toThrow(`${NAME}/config.json: model_type "mamba" is not supported`)
    expect(hub.log.some((line) => line.includes(WEIGHTS))).toBe(false)
  })

  it('that WebAssembly cannot hold is refused before it is downloaded', async () => {
    const index = { metadata: { total_size: 14e9 }, weight_map: { a: 'model-1.safetensors' } }
    const shards = new Map([...files, ['model.safetensors.index.json', new TextEncoder().encode(JSON.stringify(index))]])
    shards.delete(WEIGHTS)
    hub.repositories.set(NAME, { commit: COMMIT, files: shards })
    await expect(loadModel(NAME)).rejects.toThrow(
      `${NAME}/model.safetensors.index.json: 13.0 GiB of weights do not fit into the 4.00 GiB that WebAssembly can address; try loadModel(…, { dtype: 'int8' })`,
    )
    expect(hub.log.some((line) => line.includes('model-1'))).toBe(false)
  })

  it('can be had in shards', async () => {
    const index = { weight_map: { a: 'model-1.safetensors', b: 'sub/model-2.safetensors', c: 'model-1.safetensors' } }
    const shards = new Map([
      ...files,
      ['model.safetensors.index.json', new TextEncoder().encode(JSON.stringify(index))],
      ['model-1.safetensors', bytes(WEIGHTS)],
      ['sub/model-2.safetensors', bytes('config.json')],
    ] as const)
    shards.delete(WEIGHTS)
    hub.repositories.set(NAME, { commit: COMMIT, files: shards })
    const at = await fetchModel(NAME)
    expect((await readdir(at, { recursive: true })).filter((path) => path.endsWith('.safetensors')).sort()).toEqual([
      'model-1.safetensors',
      join('sub', 'model-2.safetensors'),
    ])
  })

  it('may be asked for at a branch, a tag or a commit', async () => {
    await take('config.json')
    for (const revision of ['v1', COMMIT]) expect((await all({}, `${NAME}@${revision}`)).commit).toBe(COMMIT)
    expect(await readFile(cached('refs', 'v1'), 'utf8')).toBe(COMMIT)
    await expect(all({}, `${NAME}@v9`)).rejects.toThrow(`${hub.address}/${NAME}: has no revision "v9"`)
  })

  it('moves with its branch, and keeps what did not change', async () => {
    await fetchModel(NAME)
    const next = COMMIT.replaceAll('0', 'f')
    hub.repositories.set(NAME, { commit: next, files })
    expect(await fetchModel(NAME)).toBe(cached('snapshots', next))
    expect(hub.log.filter((line) => line.startsWith('GET /cdn/'))).toHaveLength(1)
  })
})

describe('The command line', () => {
  const regard = (...args: string[]) =>
    promisify(execFile)(process.execPath, [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), ...args])

  it('reads with a model on the hub, and calls it by its name', async () => {
    const { stdout } = await regard('read', 'the animal was tired', '--model', `${NAME}@v1`, '--dtype', 'int8', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ model: { name: 'tiny', family: 'bert' } })
    const told = JSON.parse((await regard('info', '--model', NAME, '--dtype', 'int8', '--json')).stdout)
    expect(told.model.weights.rounded.length).toBeGreaterThan(3)
    expect(hub.log.filter((line) => line.startsWith('GET /cdn/'))).toHaveLength(1)
  })
})

describe('Without the hub', () => {
  it('a model in the cache loads, whether the network is down or HF_HUB_OFFLINE is set', async () => {
    await fetchModel(NAME)
    const asked = hub.log.length
    vi.stubEnv('HF_HUB_OFFLINE', '1')
    using offline = await loadModel(NAME)
    expect(hub.log.length).toBe(asked)
    vi.stubEnv('HF_HUB_OFFLINE', '')
    hub.stop()
    using down = await loadModel(NAME)
    for (const model of [offline, down]) expect(model.config.layers).toBe(3)
  })

  it('a commit in the cache is not asked for', async () => {
    await fetchModel(NAME)
    hub.stop()
    using model = await loadModel(`${NAME}@${COMMIT}`)
    expect(model.config.layers).toBe(3)
  })

  it('a model that is not in the cache is refused with the reason', async () => {
    await expect(all({ offline: true })).rejects.toThrow(
      `there is no folder "${NAME}", and the model of that name is not in the cache ${settings.cache}: HF_HUB_OFFLINE is set`,
    )
    hub.stop()
    await expect(all()).rejects.toThrow(
      /is not in the cache .*: http:\/\/127\.0\.0\.1:\d+\S* cannot be reached \(connect ECONNREFUSED/,
    )
  })

  it('a file that never came says that only the cache was asked', async () => {
    await take('config.json')
    vi.stubEnv('HF_HUB_OFFLINE', '1')
    await expect(loadModel(NAME)).rejects.toThrow(`${NAME}/${WEIGHTS}: there is no such file in the cache (HF_HUB_OFFLINE is set)`)
  })
})

describe('A download', () => {
  const weights = (): Promise<Uint8Array | undefined> => take(WEIGHTS)
  const expectWhole = async (got: Promise<Uint8Array | undefined>) => expect(sha256((await got)!)).toBe(sha256(bytes(WEIGHTS)))
  const oddly = (...answers: Parameters<typeof hub.odd.set>[1]) => hub.odd.set('/cdn/', answers)
  const cdn = (): string[] => hub.log.filter((line) => line.startsWith('GET /cdn/')).map((line) => line.split(' ')[2] ?? 'whole')

  it('that is cut goes on where it was cut, as often as it must', async () => {
    oddly(cutAfter(1000), cutAfter(2000), cutAfter(500))
    await expectWhole(weights())
    expect(cdn()).toEqual(['whole', 'bytes=1000-', 'bytes=3000-', 'bytes=3500-'])
  })

  it('that stands still is begun again', async () => {
    oddly(stallAfter(700))
    await expectWhole(take(WEIGHTS, { patience: 200 }))
    expect(cdn()).toEqual(['whole', 'bytes=700-'])
  })

  it('that breaks without end is an error, and the next process goes on from there', async () => {
    oddly(cutAfter(1000), ...Array.from({ length: 20 }, () => cutAfter(0)))
    await expect(weights()).rejects.toThrow(/the connection broke \d times at byte 1000 of \d+ .*; what is here is kept/)
    await expect(lstat(cached('blobs', sha256(bytes(WEIGHTS))))).rejects.toThrow('ENOENT')
    hub.odd.clear()
    await expectWhole(weights())
    expect(cdn().at(-1)).toBe('bytes=1000-')
  })

  it('of a server that ignores ranges begins at the first byte', async () => {
    oddly(cutAfter(1000), (request, response, whole) => {
      delete request.headers.range
      sendBytes(request, response, whole)
    })
    await expectWhole(weights())
  })

  it('with other bytes than announced is refused and leaves nothing behind', async () => {
    const wrong = bytes(WEIGHTS).map((value, n) => (n === 5000 ? value ^ 1 : value))
    oddly((request, response) => sendBytes(request, response, wrong))
    await expect(weights()).rejects.toThrow(/what came is not what the hub announced \(hash [0-9a-f]{64}\); try again/)
    expect(await readdir(cached('snapshots', COMMIT)).catch(() => [])).toEqual([])
    await expectWhole(weights())
    expect(cdn()).toEqual(['whole', 'whole'])
  })

  it('with other bytes in a small file is refused too', async () => {
    const wrong = bytes('config.json').map((value, n) => (n === 5 ? value ^ 1 : value))
    hub.odd.set('/config.json', [(request, response) => sendBytes(request, response, wrong)])
    await expect(take('config.json')).rejects.toThrow(/not what the hub announced \(hash [0-9a-f]{40}\)/)
  })

  it('of more bytes than announced is refused', async () => {
    oddly((request, response, whole) => sendBytes(request, response, new Uint8Array([...whole, 7])))
    await expect(weights()).rejects.toThrow(`sends more than the ${bytes(WEIGHTS).length} bytes it announced`)
  })

  it('whose first part an earlier process left spoilt is begun again', async () => {
    await mkdir(cached('blobs'), { recursive: true })
    await writeFile(cached('blobs', `${sha256(bytes(WEIGHTS))}.regard.incomplete`), new Uint8Array(4000))
    await expectWhole(weights())
    expect(cdn()).toEqual(['bytes=4000-', 'whole'])
  })

  it('waits as long as a busy server asks', async () => {
    oddly(status(429, { 'retry-after': '1' }), status(503))
    const from = performance.now()
    await expectWhole(weights())
    expect(performance.now() - from).toBeGreaterThan(990)
  })

  it('does not wait for hours', async () => {
    oddly(status(429, { 'retry-after': '7200' }))
    await expect(weights()).rejects.toThrow(/answered 429 and asks to wait 7200 s; try again then, or set HF_TOKEN/)
  })

  it('of a server that stays busy is an error', async () => {
    oddly(...Array.from({ length: 20 }, () => status(503)))
    await expect(weights()).rejects.toThrow(/the server answered 503/)
  })

  it.each([
    ['nowhere', {}, /redirects to null/],
    ['away from the web', { location: 'file:///etc/passwd' }, /redirects to file:, which is refused/],
    ['in circles', { location: '/cdn/again' }, /redirects more than 8 times/],
  ])('that is redirected %s is refused', async (_, headers, message) => {
    oddly(...Array.from({ length: 12 }, () => status(302, headers)))
    await expect(weights()).rejects.toThrow(message)
  })

  it('for which the disk has no room is refused before it begins', async () => {
    const fs = process.getBuiltinModule('node:fs/promises')
    const disk = await fs.statfs(folder)
    vi.spyOn(fs, 'statfs').mockResolvedValue({ ...disk, bavail: 0 })
    await expect(weights()).rejects.toThrow(/needs \d+ more bytes in .*blobs, which has no room for them; .*HF_HUB_CACHE/)
    expect(cdn()).toEqual([])
  })

  it('is a file of its own where links cannot be made', async () => {
    const fs = process.getBuiltinModule('node:fs/promises')
    vi.spyOn(fs, 'symlink').mockRejectedValue(Object.assign(new Error('no links here'), { code: 'EPERM' }))
    await expectWhole(weights())
    expect((await lstat(cached('snapshots', COMMIT, WEIGHTS))).isFile()).toBe(true)
    await expectWhole(weights())
    expect(cdn()).toHaveLength(1)
  })

  it('that several ask for at once, in this process and in others, is made once', async () => {
    const at = (path: string) => JSON.stringify(new URL(`../../src/model/hub/${path}`, import.meta.url).href)
    const code = `
      import { openRepository } from ${at('repository.ts')}
      import { hubName } from ${at('name.ts')}
      const source = await (await openRepository(hubName(${JSON.stringify(NAME)}))).open(${JSON.stringify(WEIGHTS)})
      console.log(source.size)`
    oddly(async (request, response, whole) => {
      await new Promise((done) => setTimeout(done, 1500))
      sendBytes(request, response, whole)
    })
    const other = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
    const [one, two] = await Promise.all([other(), other(), weights(), weights()])
    expect([one.stdout, two.stdout]).toEqual([`${bytes(WEIGHTS).length}\n`, `${bytes(WEIGHTS).length}\n`])
    expect(cdn()).toEqual(['whole'])
  })

  it('is not held up by the lock of a process that is gone', async () => {
    const lock = join(settings.cache, '.locks', 'models--tester--tiny', `${sha256(bytes(WEIGHTS))}.regard.lock`)
    await mkdir(join(lock, '..'), { recursive: true })
    const { pid } = execFile(process.execPath, ['--version'])
    await new Promise((done) => setTimeout(done, 500))
    await writeFile(lock, `${pid} ${process.getBuiltinModule('node:os').hostname()}`)
    await expectWhole(weights())
  })
})

describe('A hub that refuses', () => {
  it('names an unknown model', async () => {
    await expect(loadModel('tester/none')).rejects.toThrow(
      `there is no folder "tester/none", and ${hub.address} has no model of that name, or it is private, and HF_TOKEN is not set`,
    )
    vi.stubEnv('HF_TOKEN', 'wrong')
    await expect(loadModel('tester/none')).rejects.toThrow('or HF_TOKEN does not open it')
  })

  it('says that a model is gated, and opens it to the right token', async () => {
    hub.repositories.set(NAME, { commit: COMMIT, files, token: 'open sesame', gated: true })
    await expect(loadModel(NAME)).rejects.toThrow(
      `${hub.address}/${NAME}: is gated; accept its terms on that page, then set HF_TOKEN`,
    )
    vi.stubEnv('HF_TOKEN', 'open sesame')
    using model = await loadModel(NAME)
    expect(model.config.layers).toBe(3)
  })

  it('reads the token that a login left in HF_HOME', async () => {
    hub.repositories.set(NAME, { commit: COMMIT, files, token: 'from the file' })
    await writeFile(join(process.env.HF_HOME!, 'token'), 'from the file\n')
    expect(await fetchModel(NAME)).toBe(cached('snapshots', COMMIT))
  })

  it('sees the token, the servers it redirects to do not', async () => {
    const elsewhere = await TestHub.start()
    elsewhere.repositories.set(NAME, { commit: COMMIT, files })
    hub.odd.set(`/resolve/${COMMIT}/${WEIGHTS}`, [status(302, { location: `${elsewhere.address}/cdn/${sha256(bytes(WEIGHTS))}` })])
    expect(await take(WEIGHTS, { token: 'secret' })).toBeDefined()
    expect([...elsewhere.tokens.values()]).toEqual([undefined])
    expect(hub.tokens.get(`/${NAME}/resolve/${COMMIT}/${WEIGHTS}`)).toBe('Bearer secret')
    elsewhere.stop()
  })

  it.each([
    ['no JSON', '<html>', /is not JSON; is HF_ENDPOINT the address of a hub\?/],
    ['no commit', '{"siblings":[]}', /sha: /],
    ['a commit that leads out of the cache', '{"sha":"../../../../x","siblings":[]}', /sha: /],
  ])('a list of files with %s is refused', async (_, body, message) => {
    hub.odd.set('/api/models/', [(__, response) => void response.writeHead(200).end(body)])
    await expect(all()).rejects.toThrow(message)
  })

  it('a hash that would lead out of the cache is refused', async () => {
    const files = new Map([['config.json', bytes('config.json')]])
    hub.repositories.set(NAME, { commit: COMMIT, files })
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, options) =>
      options?.method === 'HEAD'
        ? new Response(null, { headers: { etag: '"../../../evil"', 'content-length': '5' } })
        : new Response(JSON.stringify({ sha: COMMIT, siblings: [{ rfilename: 'config.json' }] })),
    )
    await expect(take('config.json')).rejects.toThrow('the server says neither hash nor length as a hub does')
  })

  it('HF_ENDPOINT must be an address', async () => {
    await expect(hubSettings({ HF_ENDPOINT: 'hub.example' })).rejects.toThrow(
      'HF_ENDPOINT must be an http: or https: address, got "hub.example"',
    )
  })
})
