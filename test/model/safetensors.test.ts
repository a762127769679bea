import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  blobSource,
  bytesSource,
  diskSource,
  loadTensor,
  openSafetensors,
  readStored,
  SafetensorsError,
  type Source,
  type StoredType,
  writeSafetensors,
} from '../../src/model/index.ts'
import { parseStrictJson, type StrictJson } from '../../src/model/strict-json.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared, shared } from '../support/shared.ts'

beforeAll(startEngine)

/** A file from a header in JSON, and some bytes. */
function fileOf(header: string | object, data = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const out = new Uint8Array(8 + json.length + data.length)
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true)
  out.set(json, 8)
  out.set(data, 8 + json.length)
  return out
}

const open = (bytes: Uint8Array<ArrayBuffer>) => openSafetensors(bytesSource(bytes, 'x.safetensors'))

interface Case {
  file: string
  expect: 'accept' | 'reject'
  error?: string
  note?: string
}

const list = shared('conformance/safetensors/expect.json')
const cases: Case[] = list ? JSON.parse(readFileSync(list, 'utf8')).cases : []

describeShared("The reference reader's own cases", 'conformance/safetensors/', (folder) => {
  it('there are 22 of them', () => expect(cases.length).toBe(22))

  it.each(cases)('$file: $expect', async ({ file, expect: verdict, error }) => {
    const opened = open(new Uint8Array(await readFile(new URL(file, folder))))
    if (verdict === 'accept') await expect(opened).resolves.toBeDefined()
    else await expect(opened).rejects.toMatchObject({ fault: error })
  })

  it.each(cases.filter((each) => each.note?.startsWith('exact bytes')))('$file is written back byte for byte', async ({ file }) => {
    const bytes = new Uint8Array(await readFile(new URL(file, folder)))
    const opened = await open(bytes)
    const tensors = []
    for (const { name, dtype, shape } of opened.tensors.values())
      tensors.push({ name, dtype, shape, data: await readStored(opened, name) })
    expect(writeSafetensors(tensors, Object.fromEntries(opened.metadata))).toEqual(bytes)
  })
})

describe('What a stranger may write into a header', () => {
  const f32 = (shape: number[], from: number, to: number) => ({ dtype: 'F32', shape, data_offsets: [from, to] })
  const refused: [what: string, bytes: Uint8Array<ArrayBuffer>, fault: string][] = [
    ['a length that would fill the memory', new Uint8Array([0xff, 0xe0, 0xf5, 5, 0, 0, 0, 0]), 'InvalidHeaderLength'],
    ['a length beyond 2^53', new Uint8Array([0, 0, 0, 0, 0, 0, 0x20, 0]), 'HeaderTooLarge'],
    [
      'the same tensor twice',
      fileOf('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      'InvalidHeaderDeserialization',
    ],
    [
      'the same key twice, written differently',
      fileOf('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      'InvalidHeaderDeserialization',
    ],
    [
      'the same field twice',
      fileOf('{"a":{"dtype":"F32","dtype":"F64","shape":[0],"data_offsets":[0,0]}}'),
      'InvalidHeaderDeserialization',
    ],
    ['a hole', fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, new Uint8Array(12)), 'InvalidOffset'],
    ['an overlap', fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, new Uint8Array(8)), 'InvalidOffset'],
    ['a beginning after byte 0', fileOf({ a: f32([1], 4, 8) }, new Uint8Array(8)), 'InvalidOffset'],
    ['an end before the beginning', fileOf({ a: f32([1], 4, 0) }, new Uint8Array(4)), 'InvalidOffset'],
    ['a negative offset', fileOf({ a: f32([1], -4, 0) }, new Uint8Array(4)), 'InvalidHeaderDeserialization'],
    [
      'a fraction as offset',
      fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}}', new Uint8Array(4)),
      'InvalidHeaderDeserialization',
    ],
    [
      'offsets near 2^64 that differ by the size',
      fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[18446744073709551615,18446744073709551615]}}'),
      'InvalidOffset',
    ],
    [
      'a shape whose size overflows before a 0',
      fileOf('{"a":{"dtype":"U8","shape":[4294967296,4294967296,4294967296,0],"data_offsets":[0,0]}}'),
      'ValidationOverflow',
    ],
    ['bytes after the end', fileOf({ a: f32([1], 0, 4) }, new Uint8Array(5)), 'MetadataIncompleteBuffer'],
    ['bytes cut off', fileOf({ a: f32([1], 0, 4) }, new Uint8Array(3)), 'MetadataIncompleteBuffer'],
    [
      'a number type that does not exist',
      fileOf('{"a":{"dtype":"constructor","shape":[0],"data_offsets":[0,0]}}'),
      'InvalidHeaderDeserialization',
    ],
    ['half a byte', fileOf('{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}', new Uint8Array(1)), 'MisalignedSlice'],
    ['metadata that are not strings', fileOf('{"__metadata__":{"a":1}}'), 'InvalidHeaderDeserialization'],
    ['a list', fileOf('[]'), 'InvalidHeaderDeserialization'],
    ['a mark before the text', fileOf('\ufeff{}'), 'InvalidHeaderDeserialization'],
    ['lists in lists without end', fileOf('['.repeat(100_000)), 'InvalidHeaderDeserialization'],
    [
      'a number of a million digits',
      fileOf(`{"a":{"dtype":"U8","shape":[${'9'.repeat(1e6)}],"data_offsets":[0,0]}}`),
      'InvalidHeaderDeserialization',
    ],
  ]
  it.each(refused)('refused in one line: %s', async (_, bytes, fault) => {
    const error = await open(bytes).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(SafetensorsError)
    expect(error.fault).toBe(fault)
    expect(error.message).toMatch(/^x\.safetensors: [^\n]+$/)
    expect(error.message.length).toBeLessThan(400)
  })

  it('a tensor may be called __proto__', async () => {
    const file = await open(fileOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', Uint8Array.of(7)))
    expect([...file.tensors.keys()]).toEqual(['__proto__'])
    expect(await readStored(file, '__proto__')).toEqual(Uint8Array.of(7))
  })

  it('nothing is read by a length that the file does not have', async () => {
    const asked: number[] = []
    const bytes = new Uint8Array([0xff, 0xe0, 0xf5, 5, 0, 0, 0, 0, 0x7b, 0x7d])
    const inner = bytesSource(bytes)
    const read: Source['read'] = (offset, length) => {
      asked.push(length)
      return inner.read(offset, length)
    }
    const source: Source = { ...inner, read }
    await expect(openSafetensors(source)).rejects.toThrow('InvalidHeaderLength')
    expect(asked).toEqual([8])
  })

  it('ten thousand files with changed bytes are read or refused, never worse', async () => {
    const good = fileOf(
      { __metadata__: { a: 'b' }, w: f32([2, 3], 0, 24), b: { dtype: 'BF16', shape: [2], data_offsets: [24, 28] } },
      new Uint8Array(28),
    )
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 8 }), async (changes, cut) => {
        const bytes = good.slice(0, good.length - cut)
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const result = await open(bytes).catch((error) => error)
        if (result instanceof SafetensorsError) return
        for (const tensor of result.tensors.values()) expect(tensor.offset + tensor.bytes).toBeLessThanOrEqual(bytes.length)
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('Strict JSON', () => {
  const plain = (value: StrictJson): unknown => {
    if (typeof value === 'bigint') return Number(value)
    if (Array.isArray(value)) return value.map(plain)
    if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]))
    return value
  }

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(plain(parseStrictJson(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses what JSON.parse refuses', () => {
    const mangled = fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:0-.eE\\u tn\u0001')).map(([json, at, mark]) => {
      const n = at % (json.length + 1)
      return json.slice(0, n) + mark + json.slice(n + 1)
    })
    fc.assert(
      fc.property(mangled, (text) => {
        let refused = false
        try {
          JSON.parse(text)
        } catch {
          refused = true
        }
        if (refused) expect(() => parseStrictJson(text)).toThrow(SyntaxError)
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps every digit of an integer', () => expect(parseStrictJson('18446744073709551615')).toBe(18446744073709551615n))
})

describe('Numbers from files', () => {
  const stored: [StoredType, ArrayBufferView, string, number[]][] = [
    ['F32', Float32Array.of(1.5, -2, 1e-40), 'float32', [1.5, -2, Math.fround(1e-40)]],
    ['F64', Float64Array.of(Math.PI, -0, 1e300), 'float64', [Math.PI, -0, 1e300]],
    ['I64', BigInt64Array.of(-5n, 2147483647n), 'int32', [-5, 2147483647]],
    ['I32', Int32Array.of(-5, 7), 'int32', [-5, 7]],
    ['I16', Int16Array.of(-5, 7), 'int32', [-5, 7]],
    ['U16', Uint16Array.of(65535), 'int32', [65535]],
    ['I8', Int8Array.of(-128, 127), 'int32', [-128, 127]],
    ['U8', Uint8Array.of(0, 255), 'int32', [0, 255]],
    ['BOOL', Uint8Array.of(0, 1, 1), 'bool', [0, 1, 1]],
    ['F16', Uint16Array.of(0x3c00, 0xc000), 'float16', [0x3c00, 0xc000]],
    ['BF16', Uint16Array.of(0x3f80, 0xc000), 'bfloat16', [0x3f80, 0xc000]],
  ]
  it.each(stored)('%s', async (dtype, data, expected, numbers) => {
    const file = await open(
      writeSafetensors([
        { name: 'pad', dtype: 'U8', shape: [1], data: Uint8Array.of(9) },
        { name: 'x', dtype, shape: [numbers.length], data },
      ]),
    )
    using tensor = await loadTensor(file, 'x')
    expect(tensor.dtype).toBe(expected)
    expect(Array.from(await tensor.read())).toEqual(numbers)
  })

  // Every 16-bit pattern: IEEE 754 binary16 through the engine's own Float16Array, bfloat16 as the upper half of a float32.
  it('all 65 536 halves and bfloat16s widen exactly', async () => {
    const bits = Uint16Array.from({ length: 65_536 }, (_, n) => n)
    const file = await open(
      writeSafetensors([
        { name: 'h', dtype: 'F16', shape: [65_536], data: bits },
        { name: 'b', dtype: 'BF16', shape: [65_536], data: bits },
      ]),
    )
    using halves = await loadTensor(file, 'h', 'float32')
    using brains = await loadTensor(file, 'b', 'float32')
    const half = Float32Array.from(new Float16Array(bits.buffer))
    const brain = new Float32Array(Uint32Array.from(bits, (n) => n * 65_536).buffer)
    expect(await halves.read()).toEqual(half)
    expect(await brains.read()).toEqual(brain)
  })

  it('an integer that does not fit is refused, not wrapped', async () => {
    const file = await open(writeSafetensors([{ name: 'x', dtype: 'I64', shape: [1], data: BigInt64Array.of(2147483648n) }]))
    await expect(loadTensor(file, 'x')).rejects.toThrow('x.safetensors: tensor "x" holds 2147483648, which does not fit int32')
  })

  it('a type that Regard cannot compute with is refused by name', async () => {
    const file = await open(writeSafetensors([{ name: 'x', dtype: 'F8_E4M3', shape: [1], data: Uint8Array.of(1) }]))
    await expect(loadTensor(file, 'x')).rejects.toThrow(/stored as F8_E4M3, which cannot be loaded; F64, F32/)
  })

  it('what is written is read back, from bytes, a Blob and a disk', async () => {
    const bytes = writeSafetensors(
      [
        { name: 'b.weight', dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
        { name: 'ids', dtype: 'I64', shape: [1], data: BigInt64Array.of(5n) },
        { name: 'a.weight', dtype: 'F32', shape: [], data: Float32Array.of(9) },
        { name: 'none', dtype: 'F64', shape: [0, 7], data: new Uint8Array(0) },
      ],
      { z: 'last', a: 'first “é”' },
    )
    const folder = await mkdtemp(join(tmpdir(), 'regard-'))
    await writeFile(join(folder, 'x.safetensors'), bytes)
    const disk = (await diskSource(join(folder, 'x.safetensors')))!
    for (const source of [bytesSource(bytes), blobSource(new Blob([bytes])), disk]) {
      const file = await openSafetensors(source)
      expect([...file.tensors.keys()]).toEqual(['ids', 'none', 'a.weight', 'b.weight'])
      expect(Object.fromEntries(file.metadata)).toEqual({ a: 'first “é”', z: 'last' })
      for (const tensor of file.tensors.values()) expect(tensor.offset % 8).toBe(tensor.name === 'b.weight' ? 4 : 0)
      using weight = await loadTensor(file, 'b.weight')
      expect([...(await weight.read())]).toEqual([1, 2, 3, 4])
    }
    await disk.close()
    await rm(folder, { recursive: true })
  })

  it('bytes in memory are looked at, not copied', async () => {
    const bytes = writeSafetensors([{ name: 'x', dtype: 'U8', shape: [4], data: Uint8Array.of(1, 2, 3, 4) }])
    expect((await readStored(await open(bytes), 'x')).buffer).toBe(bytes.buffer)
  })

  it('the writer refuses data that does not fill the shape, and a name twice', () => {
    const x = { name: 'x', dtype: 'F32' as const, shape: [3], data: Float32Array.of(1) }
    expect(() => writeSafetensors([x])).toThrow('writeSafetensors: tensor "x" is F32 [3] and needs 12 bytes, the data has 4')
    expect(() =>
      writeSafetensors([
        { ...x, shape: [1] },
        { ...x, shape: [1] },
      ]),
    ).toThrow('"x" cannot be given (again)')
  })
})
