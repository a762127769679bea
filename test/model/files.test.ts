import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelFiles, readJson } from '../../src/model/files.ts'
import { loadModel } from '../../src/model/index.ts'
import { bytesSource, type Source, urlSource } from '../../src/model/source.ts'
import { startEngine } from '../support/engine.ts'
import { tinyBert } from '../support/tiny-bert.ts'

const MIB = 2 ** 20
/** Longer than two windows, every byte known by its place. */
const LONG = Uint8Array.from({ length: 20 * MIB + 77 }, (_, n) => (n * 31 + (n >> 8)) & 255)

let folder: string
let server: Server
let base: URL
let requests: string[] = []
/** How the server answers; a test may put another in its place. */
let answer: (request: IncomingMessage, response: ServerResponse, bytes: Uint8Array) => void

function withRanges(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!
  const [start, end] = [Number(from), Math.min(Number(to) + 1, bytes.length)]
  if (start >= bytes.length) return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
  response
    .writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}`, etag: '"1"' })
    .end(bytes.slice(start, end))
}

const whole: typeof answer = (_, response, bytes) => void response.writeHead(200).end(bytes)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'regard files '))
  await mkdir(join(folder, 'my model', 'sub'), { recursive: true })
  await writeFile(join(folder, 'secret.json'), '{"secret":true}')
  await writeFile(join(folder, 'my model', 'config.json'), '{"a":1}')
  await writeFile(join(folder, 'my model', 'sub', 'config.json'), '{"b":2}')
  await writeFile(join(folder, 'my model', 'empty.json'), '')
  await writeFile(join(folder, 'my model', 'latin.json'), Uint8Array.of(0x22, 0xe9, 0x22))
  await writeFile(join(folder, 'my model', 'long.bin'), LONG)
  await symlink(join(folder, 'secret.json'), join(folder, 'my model', 'linked.json'))
  answer = withRanges
  server = createServer(async (request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim())
    const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname)
    const bytes = await readFile(join(folder, path)).catch(() => undefined)
    if (bytes) answer(request, response, bytes)
    else response.writeHead(404).end('not here')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/my%20model`)
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const sources: [string, () => Parameters<typeof modelFiles>[0]][] = [
  ['a folder', () => join(folder, 'my model')],
  ['a file: address', () => pathToFileURL(join(folder, 'my model'))],
  ['an http: address', () => base],
  ['an http: address as text, with a slash', () => `${base.href}/`],
  [
    'Blobs by name',
    () =>
      new Map([
        ['config.json', new Blob(['{"a":1}'])],
        ['sub/config.json', new Blob(['{"b":2}'])],
        ['empty.json', new Blob([])],
      ]),
  ],
  [
    'Blobs of a folder that a browser picked',
    () =>
      new Map([
        ['my model/config.json', new Blob(['{"a":1}'])],
        ['my model/sub/config.json', new Blob(['{"b":2}'])],
        ['my model/empty.json', new Blob([])],
      ]),
  ],
]

describe.each(sources)('A model in %s', (what, source) => {
  it('has a name', async () => expect((await modelFiles(source())).name).toBe(what === 'Blobs by name' ? 'model' : 'my model'))

  it('gives its files, and nothing for those it does not have', async () => {
    const files = await modelFiles(source())
    expect(await readJson(files, 'config.json')).toEqual({ a: 1 })
    expect(await readJson(files, 'sub/config.json')).toEqual({ b: 2 })
    expect(await readJson(files, 'missing.json')).toBeUndefined()
    expect(await readJson(files, 'config.json/missing.json')).toBeUndefined()
    await expect(readJson(files, 'empty.json')).rejects.toThrow(/empty\.json: is not JSON/)
  })

  it.each([
    '../secret.json',
    '/etc/passwd',
    'sub/../../secret.json',
    '..\\secret.json',
    'C:/x',
    '',
    '.',
    'a//b',
    'a\0',
    '%2e%2e/secret.json',
    'sub/',
  ])('no path leads outside: %j', async (path) => {
    const files = await modelFiles(source())
    await expect(files.open(path)).rejects.toThrow('which is not a plain path inside its folder')
  })
})

describe('A folder on disk', () => {
  it('follows the links in it, as the cache of the hub is made of links', async () => {
    expect(await readJson(await modelFiles(join(folder, 'my model')), 'linked.json')).toEqual({ secret: true })
  })

  it.each([
    [() => join(folder, 'nowhere'), /^loadModel: there is no folder ".*nowhere"; models on the hub are named org\/name$/],
    [() => join(folder, 'secret.json'), /^loadModel: ".*secret\.json" is a file; pass the folder that holds config\.json$/],
    [() => '', /^loadModel: the folder has no name/],
    [() => new URL('ftp://x/'), /^loadModel: an address must be http:, https: or file:, got ftp:$/],
    [() => 7 as never, /^loadModel: expected a folder, org\/name, a URL or a Map of Blobs, got number$/],
  ])('what is no model folder is refused in one line', async (source, message) => {
    await expect(modelFiles(source())).rejects.toThrow(message)
  })

  it('text that is not UTF-8 is refused', async () => {
    await expect(readJson(await modelFiles(join(folder, 'my model')), 'latin.json')).rejects.toThrow(
      /latin\.json: is not UTF-8 text$/,
    )
  })
})

describe('A file on a server', () => {
  const parts = [
    [0, 8],
    [8, 5 * MIB],
    [8 + 5 * MIB, 5 * MIB],
    [8 + 10 * MIB, 10 * MIB],
    [20 * MIB, 77],
    [3, 9],
  ] as const

  async function openLong(): Promise<Source> {
    requests = []
    return (await urlSource(new URL('my%20model/long.bin', `${base.origin}/`)))!
  }

  async function checkParts(source: Source): Promise<void> {
    expect(source.size).toBe(LONG.length)
    for (const [offset, length] of parts) {
      const bytes = await source.read(offset, length)
      expect(bytes.length).toBe(length)
      expect(Buffer.compare(bytes, LONG.subarray(offset, offset + length))).toBe(0)
    }
  }

  it('is read a window at a time, each byte once while reading goes forward', async () => {
    const source = await openLong()
    await checkParts(source)
    expect(requests.map((each) => each.split('=')[1])).toEqual([
      `0-${8 * MIB - 1}`,
      `${8 * MIB}-${16 * MIB - 1}`,
      `${16 * MIB}-${20 * MIB + 76}`,
      `3-${8 * MIB + 2}`,
    ])
  })

  it('is read whole from a server that knows no ranges', async () => {
    answer = whole
    await checkParts(await openLong())
    expect(requests.length).toBe(1)
    answer = withRanges
  })

  it('may be empty', async () => {
    expect((await urlSource(new URL('my%20model/empty.json', `${base.origin}/`)))!.size).toBe(0)
  })

  it.each<[string, typeof answer, RegExp]>([
    ['an error', (_, response) => void response.writeHead(500, 'Broken').end(), /long\.bin: the server answered 500 Broken$/],
    [
      'another range',
      (_, response, bytes) => void response.writeHead(206, { 'content-range': `bytes 5-9/${bytes.length}` }).end('12345'),
      /the server was asked for bytes=0-8388607 and sent "bytes 5-9\/\d+" with 5 bytes$/,
    ],
    [
      'fewer bytes than it says',
      (_, response, bytes) =>
        void response.writeHead(206, { 'content-range': `bytes 0-${8 * MIB - 1}/${bytes.length}` }).end('123'),
      /with 3 bytes$/,
    ],
    ['a range without its place', (_, response) => void response.writeHead(206).end('123'), /and sent "null" with 3 bytes$/],
    [
      'half, then nothing',
      (_, response, bytes) =>
        void response.writeHead(200, { 'content-length': bytes.length }).write('half', () => response.destroy()),
      /long\.bin: the connection broke while it was read/,
    ],
  ])('a server that sends %s is refused in one line', async (_, broken, message) => {
    answer = broken
    await expect(openLong()).rejects.toThrow(message)
    answer = withRanges
  })

  it('that changes while it is read is refused', async () => {
    const source = await openLong()
    answer = (request, response, bytes) => withRanges(request, response, bytes.subarray(1))
    await expect(source.read(10 * MIB, 5)).rejects.toThrow('changed on the server while it was read')
    answer = withRanges
  })

  it('cannot be read from a server that is not there', async () => {
    await expect(urlSource(new URL('http://127.0.0.1:1/x'))).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:1\/x: the server could not be reached \([^\n]+\)$/,
    )
  })
})

it('a part beyond the end is refused', async () => {
  await expect(bytesSource(new Uint8Array(4), 'x').read(2, 3)).rejects.toThrow('x: bytes 2 to 5 were asked for, the file has 4')
})

describe('A folder of the first sentence-transformers', () => {
  it('is read like one of today, its transformer in a folder of its own', async () => {
    await startEngine()
    const { json, weights } = tinyBert(1)
    const modules = json['modules.json'] as { path: string }[]
    const old = [{ ...modules[0], path: '0_Transformer' }, ...modules.slice(1)]
    const files = new Map<string, Blob>([['0_Transformer/model.safetensors', new Blob([weights])]])
    for (const [path, content] of Object.entries({ ...json, 'modules.json': old }))
      files.set(/^(modules|pooling)/.test(path) ? path : `0_Transformer/${path}`, new Blob([JSON.stringify(content)]))
    const today = new Map<string, Blob>([['model.safetensors', new Blob([weights])]])
    for (const [path, content] of Object.entries(json)) today.set(path, new Blob([JSON.stringify(content)]))
    const vectorOf = async (source: Map<string, Blob>): Promise<ArrayLike<number>> => {
      using model = await loadModel(source)
      using run = await model.run('the animal was tired')
      return run.embedding()!.read()
    }
    expect(await vectorOf(files)).toEqual(await vectorOf(today))
    files.delete('0_Transformer/config.json')
    await expect(loadModel(files)).rejects.toThrow('0_Transformer/config.json: there is no such file')
  })
})
