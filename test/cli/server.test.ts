import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { app } from '../../src/cli/server/app.ts'
import type { HubSource } from '../../src/cli/server/hub.ts'
import { type Listening, listen } from '../../src/cli/server/listen.ts'
import { offerExplorer, offerModel } from '../../src/cli/server/offered.ts'
import { HubError } from '../../src/model/index.ts'

const SECRET = 'nobody may read this'
const WEIGHTS = Uint8Array.from({ length: 1000 }, (_, n) => n % 251)

let home: string
let server: Listening

/** home/secret.txt · home/page/{index.html,assets/…} · home/model/{config.json,…, links that lead away} */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'regard-server-'))
  const put = (path: string, content: string | Uint8Array) => {
    mkdirSync(join(home, path, '..'), { recursive: true })
    writeFileSync(join(home, path), content)
  }
  put('secret.txt', SECRET)
  put('page/index.html', '<!doctype html><title>Regard</title>')
  put('page/assets/index-abc123.js', 'export {}')
  put('page/assets/wide-abc123.wasm', WEIGHTS)
  put('page/assets/index-abc123.js.map', SECRET)
  put('model/config.json', '{"model_type":"bert"}')
  put('model/model.safetensors', WEIGHTS)
  put('model/private.txt', SECRET)
  put(
    'model/modules.json',
    JSON.stringify([{ path: '' }, { path: '1_Pooling' }, { path: '..' }, { path: '../../secret.txt' }, { path: 7 }]),
  )
  put('model/1_Pooling/config.json', '{}')
  put('embedded/config.json', '{"model_type":"modernbert"}')
  put('embedded/seen.json', '{}')
  put('embedded/README.md', SECRET)
  symlinkSync(join(home, 'secret.txt'), join(home, 'model', 'tokenizer.json'))
  symlinkSync(join(home, 'secret.txt'), join(home, 'page', 'leak.txt'))
  symlinkSync(home, join(home, 'page', 'up'))
  const site = {
    explorer: await offerExplorer(join(home, 'page')),
    model: { name: 'tiny', files: await offerModel(join(home, 'model')) },
    embedded: new Map([['encoder', await offerModel(join(home, 'embedded'))]]),
  }
  server = await listen(app(site), 0)
})

afterAll(async () => {
  await server.close()
  rmSync(home, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(server.address + path, { headers, method })

/** The answer to a request target exactly as written: no client tidies it up. */
function raw(target: string, host = `127.0.0.1:${server.port}`): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    )
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('what is handed out', () => {
  test('the explorer at /, its files by name and type', async () => {
    const page = await get('')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('<title>Regard</title>')
    expect((await get('assets/index-abc123.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect((await get('assets/wide-abc123.wasm')).headers.get('content-type')).toBe('application/wasm')
  })

  test('the model as its index lists it, byte for byte', async () => {
    const index = await get('model/index.json')
    expect(await index.json()).toEqual({
      name: 'tiny',
      bytes: expect.any(Number),
      embedded: false,
      files: { 'config.json': 21, 'model.safetensors': 1000, 'modules.json': expect.any(Number), '1_Pooling/config.json': 2 },
      others: [{ name: 'encoder', folder: '../models/encoder/', bytes: 29, embedded: true }],
    })
    expect(new Uint8Array(await (await get('model/model.safetensors')).arrayBuffer())).toEqual(WEIGHTS)
    expect((await get('model/1_Pooling/config.json')).status).toBe(200)
  })

  test('embedded models beside it, and nothing else of their folders', async () => {
    expect(await (await get('models/encoder/config.json')).json()).toEqual({ model_type: 'modernbert' })
    expect((await get('models/encoder/seen.json')).status).toBe(200)
    for (const path of ['README.md', '../model/config.json', '%2e%2e/config.json', '']) {
      expect(await raw(`/models/encoder/${path}`)).not.toContain(SECRET)
      if (path !== '../model/config.json') expect(await raw(`/models/encoder/${path}`)).toMatch(/^HTTP\/1\.1 404 /)
    }
    expect((await get('models/decoder/config.json')).status).toBe(404)
  })

  test('other files of the model folder, source maps, folders and links that lead away are not there', async () => {
    for (const path of [
      'model/private.txt',
      'model/tokenizer.json',
      'model/',
      'model',
      'assets/',
      'assets',
      'leak.txt',
      'up/secret.txt',
      'assets/index-abc123.js.map',
    ])
      expect((await get(path)).status, path).toBe(404)
  })

  test('no path leads elsewhere, however it is written', async () => {
    const up = ['..', '%2e%2e', '.%2e', '%2E%2E', '..%2f..', '%252e%252e', '..%5c', '..\\', '....', '.. ', '..;']
    const targets = [
      ...up.flatMap((step) => [
        `/${step}/secret.txt`,
        `/model/${step}/secret.txt`,
        `/model/${step}/${step}/secret.txt`,
        `/assets/${step}/${step}/secret.txt`,
      ]),
      join(home, 'secret.txt'),
      `/${join(home, 'secret.txt')}`,
      `/model/${join(home, 'secret.txt')}`,
      `/model//${join(home, 'secret.txt')}`,
      `/model/%2f${encodeURIComponent(join(home, 'secret.txt'))}`,
      '/model/1_Pooling%2fconfig.json',
      '/model/config.json%00.txt',
      '/model/private.txt%00config.json',
      '/%00',
      '/model/./private.txt',
      '//secret.txt',
      'file:///etc/passwd',
      `http://127.0.0.1:${server.port}/../secret.txt`,
      '*',
    ]
    for (const target of targets) {
      const answer = await raw(target)
      expect(answer, target).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(answer, target).not.toContain(SECRET)
      expect(answer, target).not.toContain(home)
    }
  })

  test('a link that takes the place of a listed file is not followed', async () => {
    const page = join(home, 'swapped')
    mkdirSync(page)
    writeFileSync(join(page, 'index.html'), SECRET.replace(/./g, 'x'))
    const swapped = app({ explorer: await offerExplorer(page), model: { name: 'none', files: new Map() } })
    rmSync(join(page, 'index.html'))
    symlinkSync(join(home, 'secret.txt'), join(page, 'index.html'))
    const answer = await swapped.request('http://127.0.0.1/', { headers: { host: '127.0.0.1' } })
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain(SECRET)
  })

  test('a link into the blobs of a Hugging Face cache is followed, for that is where its files are', async () => {
    const cache = join(home, 'models--a--b')
    mkdirSync(join(cache, 'blobs'), { recursive: true })
    mkdirSync(join(cache, 'snapshots', 'r1'), { recursive: true })
    writeFileSync(join(cache, 'blobs', 'aa'), '{}')
    symlinkSync('../../blobs/aa', join(cache, 'snapshots', 'r1', 'config.json'))
    symlinkSync('../../../secret.txt', join(cache, 'snapshots', 'r1', 'tokenizer.json'))
    expect([...(await offerModel(join(cache, 'snapshots', 'r1'))).keys()]).toEqual(['config.json'])
  })
})

describe('how it is handed out', () => {
  test('every answer isolates the page and allows nothing from elsewhere', async () => {
    for (const path of ['', 'model/index.json', 'model/config.json', 'nothing']) {
      const { headers } = await get(path)
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self';/,
      )
    }
  })

  test('a Host that is not this machine is refused, so a foreign name that points here reads nothing', async () => {
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '0.0.0.0', ''])
      expect(await raw('/model/config.json', host), host).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await raw('/model/config.json', `localhost:${server.port}`)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await raw('http://evil.example/model/config.json')).not.toMatch(/bert/)
  })

  test('nothing but GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await get('model/config.json', {}, method)
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'GET, HEAD'])
    }
    const head = await get('model/model.safetensors', {}, 'HEAD')
    expect([head.status, head.headers.get('content-length'), (await head.arrayBuffer()).byteLength]).toEqual([200, '1000', 0])
  })

  test('ranges give the bytes they name', async () => {
    const range = async (said: string, headers: Record<string, string> = {}) => {
      const answer = await get('model/model.safetensors', { range: said, ...headers })
      return [answer.status, answer.headers.get('content-range'), [...new Uint8Array(await answer.arrayBuffer())].length] as const
    }
    expect(await range('bytes=0-0')).toEqual([206, 'bytes 0-0/1000', 1])
    expect(await range('bytes=100-')).toEqual([206, 'bytes 100-999/1000', 900])
    expect(await range('bytes=990-5000')).toEqual([206, 'bytes 990-999/1000', 10])
    expect(await range('bytes=-10')).toEqual([206, 'bytes 990-999/1000', 10])
    expect(await range('bytes=-5000')).toEqual([206, 'bytes 0-999/1000', 1000])
    expect(await range('bytes=1000-')).toEqual([416, 'bytes */1000', 0])
    expect(await range('bytes=-0')).toEqual([416, 'bytes */1000', 0])
    for (const odd of ['bytes=5-2', 'bytes=a-b', 'items=0-1', 'bytes=0-1,5-6', 'bytes='])
      expect(await range(odd), odd).toEqual([200, null, 1000])
    expect(await range('bytes=0-9', { 'if-range': '"another"' })).toEqual([200, null, 1000])
    const part = await get('model/model.safetensors', { range: 'bytes=100-103' })
    expect([...new Uint8Array(await part.arrayBuffer())]).toEqual([100, 101, 102, 103])
  })

  test('what has not changed is not sent again, and what is named by its content is kept', async () => {
    const first = await get('model/config.json')
    const etag = first.headers.get('etag')!
    expect(first.headers.get('cache-control')).toBe('no-cache')
    const again = await get('model/config.json', { 'if-none-match': etag })
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0])
    expect((await get('model/config.json', { 'if-none-match': '"other"' })).status).toBe(200)
    expect((await get('assets/index-abc123.js')).headers.get('cache-control')).toContain('immutable')
  })
})

describe('models of a hub', () => {
  /** One that has tester/tiny, in the model's folder, and tells of two files on the way. `told`: how often it was heard. */
  const source = (told: { times: number } = { times: 0 }): HubSource => ({
    address: 'http://hub.example',
    fetch: async (name, onProgress) => {
      if (name !== 'tester/tiny') throw new HubError('there is none', 'unknown')
      for (const bytes of [0, 500, 1000]) {
        onProgress({ file: 'model.safetensors', bytes, total: 1000 })
        told.times++
        await new Promise((done) => setTimeout(done, 120))
      }
      return join(home, 'model')
    },
  })
  const siteWith = (hub?: HubSource) => app({ explorer: new Map(), model: { name: 'none', files: new Map() }, ...(hub && { hub }) })
  const ask = (site: ReturnType<typeof app>, path: string, from = 'same-origin', method = 'GET') =>
    site.request(`http://127.0.0.1${path}`, { method, headers: { host: '127.0.0.1', 'sec-fetch-site': from } })
  const linesOf = async (answer: Response): Promise<unknown[]> =>
    (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)

  test('are fetched where a hub is allowed, with word of how far they are, and then handed out', async () => {
    const site = siteWith(source())
    expect(((await (await ask(site, '/model/index.json')).json()) as { hub: unknown }).hub).toEqual({
      address: 'http://hub.example',
      through: '../hub/',
    })
    expect((await ask(site, '/hub/tester%2Ftiny/config.json')).status).toBe(404)
    expect(await linesOf(await ask(site, '/hub/tester%2Ftiny'))).toEqual([
      ...[0, 500, 1000].map((bytes) => ({ file: 'model.safetensors', bytes, total: 1000 })),
      { folder: 'tester%2Ftiny/' },
    ])
    expect(await (await ask(site, '/hub/tester%2Ftiny/config.json')).json()).toEqual({ model_type: 'bert' })
    expect((await ask(site, '/hub/tester%2Ftiny/1_Pooling/config.json')).status).toBe(200)
    for (const path of ['private.txt', 'tokenizer.json', '../model/config.json', '..%2fsecret.txt'])
      expect(await (await ask(site, `/hub/tester%2Ftiny/${path}`)).text()).not.toContain(SECRET)
  })

  test('a hub that says no is quoted, with the kind of fault', async () => {
    expect(await linesOf(await ask(siteWith(source()), '/hub/tester%2Fnone'))).toEqual([
      { error: 'there is none', fault: 'unknown' },
    ])
  })

  test('the page connects to this server alone, hub or not', async () => {
    const { headers } = await ask(siteWith(source()), '/model/index.json')
    expect(headers.get('content-security-policy')).toContain("connect-src 'self';")
  })

  test('no other page has anything fetched, nor has anyone where no hub is allowed', async () => {
    const told = { times: 0 }
    for (const from of ['cross-site', 'same-site', 'none', ''])
      expect((await ask(siteWith(source(told)), '/hub/tester%2Ftiny', from)).status).toBe(403)
    expect((await ask(siteWith(source(told)), '/hub/tester%2Ftiny', 'same-origin', 'HEAD')).status).toBe(405)
    for (const name of ['tiny', '..%2F..', 'a%2Fb%2Fc', '%E0%A4%A', ''])
      expect((await ask(siteWith(source(told)), `/hub/${name}`)).status, name).toBe(404)
    expect((await ask(siteWith(), '/hub/tester%2Ftiny')).status).toBe(404)
    expect((await (await ask(siteWith(), '/model/index.json')).json()) as object).not.toHaveProperty('hub')
    expect(told.times).toBe(0)
  })

  test('whoever goes away ends the fetching', async () => {
    const told = { times: 0 }
    const answer = await ask(siteWith(source(told)), '/hub/tester%2Ftiny')
    const reader = answer.body!.getReader()
    await reader.read()
    await reader.cancel()
    await new Promise((done) => setTimeout(done, 400))
    expect(told.times).toBe(1)
  })
})

describe('where it listens', () => {
  test('on the loopback address alone', () => {
    expect(server.address).toBe(`http://127.0.0.1:${server.port}/`)
  })

  test('a port that was asked for and is taken is an error; the usual one moves on', async () => {
    const site = app({ explorer: new Map(), model: { name: 'none', files: new Map() } })
    await expect(listen(site, server.port)).rejects.toThrow(
      `port ${server.port} is in use on 127.0.0.1; choose another with --port`,
    )
    const one = await listen(site, undefined)
    const two = await listen(site, undefined)
    expect(two.moved).toBe(true)
    expect(two.port).toBeGreaterThan(one.port)
    await Promise.all([one.close(), two.close()])
  })
})
