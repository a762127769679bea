import { describe, expect, test } from 'vitest'
import {
  compileGradient,
  compileProgram,
  gradientKey,
  programKey,
  SCRATCH_BYTES,
  type TableKind,
  type TileProgram,
} from '../../src/backend/wasm/program/index.ts'
import { type Expr, build as e } from '../../src/expression/index.ts'
import { Bench, type Place, type TestTable } from './harness.ts'

const forbidden = Number.NEGATIVE_INFINITY
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const place: Place = { rows: 1, cols: 16, b: 0, h: 0, i0: 0, j0: 0 }
const columns = Array.from({ length: 16 }, (_, c) => c)

function table(kind: TableKind, data: readonly number[], shape: readonly number[] = [data.length]): TestTable {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, length) => n * length, 1))
  return { kind, data, shape, strides, offset: 0 }
}

const shapes = (tables: readonly TestTable[]) => ({
  tableKinds: tables.map(({ kind }) => kind),
  tableRanks: tables.map(({ shape }) => shape.length),
})

function run(
  program: Pick<TileProgram, 'capped' | 'score' | 'mask'>,
  where: Partial<Place> = {},
  tables: readonly TestTable[] = [],
  scores?: readonly number[],
): number[] {
  const at = { ...place, ...where }
  const bench = new Bench(compileProgram({ ...program, ...shapes(tables) }, 'masked', 'relaxed'), tables)
  return [...bench.run(scores ?? Array(at.rows * at.cols).fill(0), at)]
}

describe('what a program does to a tile', () => {
  test('a causal mask leaves the lower triangle: row r, at position 1 + r, keeps columns 0 to 1 + r', () => {
    const tile = run({ mask: e.compare('le', e.j, e.i) }, { rows: 3, i0: 1 })
    const expected = [2, 3, 4].flatMap((kept) => columns.map((c) => (c < kept ? 0 : forbidden)))
    expect(tile).toEqual(expected)
  })

  test('a query before the first key, at i = −1, sees nothing causally', () => {
    expect(run({ mask: e.compare('le', e.j, e.i) }, { i0: -1 })).toEqual(Array(16).fill(forbidden))
  })

  test('scores are capped first, then changed, then masked', () => {
    // s = 6: capped 6 − 2 = 4; changed 4 · 10 = 40; keys from 8 on are forbidden
    const program = {
      capped: e.sub(e.s, e.constant(2)),
      score: e.mul(e.s, e.constant(10)),
      mask: e.compare('lt', e.j, e.constant(8)),
    }
    expect(run(program, {}, [], Array(16).fill(6))).toEqual(columns.map((c) => (c < 8 ? 40 : forbidden)))
    const capped = compileProgram({ ...program, tableKinds: [], tableRanks: [] }, 'capped', 'plain')
    expect([...new Bench(capped).run(Array(16).fill(6), place)]).toEqual(Array(16).fill(4))
  })

  test('ALiBi by hand: slope[h] · (j − i) is added', () => {
    const slopes = table('float32', [1, 0.5, 0.25])
    const score = e.add(e.s, e.mul(e.lookup(0, [e.h]), e.sub(e.j, e.i)))
    expect(run({ score }, { h: 1, i0: 4 }, [slopes])).toEqual(columns.map((c) => 0.5 * (c - 4)))
  })

  test('b and h reach the program as numbers', () => {
    expect(run({ score: e.add(e.mul(e.b, e.constant(100)), e.h) }, { b: 3, h: 7 })).toEqual(Array(16).fill(307))
  })

  test('no NaN or ∞ survives a mask', () => {
    const scores = columns.map((c) => (c % 2 ? nan : infinity))
    expect(run({ score: e.unary('log', e.s), mask: e.truth(false) }, {}, [], scores)).toEqual(Array(16).fill(forbidden))
  })

  test('NaN passes through min and max, from either side', () => {
    const scores = columns.map((c) => (c % 2 ? nan : 5))
    const low = { min: 3, max: 5 } as const
    for (const op of ['min', 'max'] as const) {
      const expected = columns.map((c) => (c % 2 ? nan : low[op]))
      expect(run({ score: e.binary(op, e.s, e.constant(3)) }, {}, [], scores)).toEqual(expected)
      expect(run({ score: e.binary(op, e.constant(3), e.s) }, {}, [], scores)).toEqual(expected)
      expect(run({ score: e.binary(op, e.mul(e.s, e.s), e.s) }, {}, [], scores)[1]).toBe(nan)
    }
  })

  test('division and remainder by 0 give what float64 gives', () => {
    const scores = columns.map((c) => c - 1)
    expect(run({ score: e.div(e.s, e.constant(0)) }, {}, [], scores).slice(0, 3)).toEqual([-infinity, nan, infinity])
    expect(run({ score: e.binary('mod', e.s, e.mul(e.s, e.constant(0))) }, {}, [], scores)).toEqual(Array(16).fill(nan))
  })

  test('the remainder has the sign of the divisor: −1 mod 3 = 2, 1 mod −3 = −2', () => {
    const scores = columns.map((c) => c - 4)
    const mod3 = (x: number): number => ((x % 3) + 3) % 3
    expect(run({ score: e.binary('mod', e.s, e.constant(3)) }, {}, [], scores)).toEqual(scores.map(mod3))
    expect(run({ score: e.binary('mod', e.s, e.constant(-3)) }, {}, [], scores).map((x) => x + 0)).toEqual(
      scores.map((x) => 0 - mod3(-x)),
    )
  })

  test('positions are exact up to 2²⁴', () => {
    const i0 = 2 ** 24 - 8
    const tile = run({ mask: e.compare('eq', e.i, e.j) }, { i0, j0: i0 - 8 })
    expect(tile).toEqual(columns.map((c) => (c === 8 ? 0 : forbidden)))
  })

  test('floor is right for numbers beyond int32, for both zeros, for NaN and ∞', () => {
    const scores = [
      3e9,
      -3e9,
      0.5,
      -0.5,
      2147483648,
      nan,
      infinity,
      -infinity,
      8388607.5,
      -8388607.5,
      1,
      -1,
      0,
      -0,
      1e30,
      -2147483648,
    ]
    for (const tier of ['plain', 'relaxed', 'wide'] as const) {
      const bench = new Bench(compileProgram({ score: e.unary('floor', e.s), tableKinds: [], tableRanks: [] }, 'masked', tier))
      const floored = [...bench.run(scores, place)].map((x) => x + 0)
      expect(floored).toEqual(scores.map((x) => Math.floor(Math.fround(x)) + 0))
    }
  })

  test('a tile without rows or columns is left alone', () => {
    const bench = new Bench(compileProgram({ mask: e.truth(false), tableKinds: [], tableRanks: [] }, 'masked', 'plain'))
    const address = bench.allocate(256)
    bench.call([address], 64, { ...place, rows: 0 })()
    bench.call([address], 64, { ...place, cols: 0 })()
    expect([...bench.floats(address, 64)]).toEqual(Array(64).fill(0))
  })
})

describe('gradients', () => {
  const gradient = (derivative: Expr, mask: Expr | undefined, scores: number[], ds: number[]): number[] => {
    const compiled = compileGradient({ derivative, mask, tableKinds: [], tableRanks: [] }, 'relaxed')
    return [...new Bench(compiled).runGradient(scores, ds, place)]
  }

  test('of a softcap c·tanh(s/c) is 1 − tanh²(s/c): at s = 0 all of it, far out nothing', () => {
    const t = e.unary('tanh', e.div(e.s, e.constant(30)))
    const scores = columns.map((c) => (c < 8 ? 0 : 1e4))
    const expected = columns.map((c) => (c < 8 ? 7 : 0))
    expect(gradient(e.sub(e.constant(1), e.mul(t, t)), undefined, scores, Array(16).fill(7))).toEqual(expected)
  })

  test('is 0 where the mask forbids, whatever stood there', () => {
    const ds = columns.map((c) => (c % 2 ? nan : infinity))
    expect(gradient(e.unary('log', e.s), e.truth(false), Array(16).fill(-1), ds)).toEqual(Array(16).fill(0))
  })
})

describe('tables', () => {
  test('an index is floored and clamped; NaN reads entry 0', () => {
    const squares = table('float32', [0, 1, 4, 9])
    const scores = [-1e30, -1, -0.5, 0, 0.99, 1, 2.5, 3, 3.5, 4, 1e30, infinity, -infinity, nan, 2, 1.999]
    const expected = [0, 0, 0, 0, 0, 1, 4, 9, 9, 9, 9, 9, 0, 0, 4, 1]
    expect(run({ score: e.lookup(0, [e.s]) }, {}, [squares], scores)).toEqual(expected)
  })

  test.each<TableKind>(['float32', 'int32', 'bool'])(
    '%s: an index that moves forwards, backwards, in steps, or not, finds its entries',
    (kind) => {
      const data = Array.from({ length: 40 }, (_, n) => (kind === 'bool' ? Number(n % 3 === 1) : 3 * n - 7))
      const at = (x: number): number => data[Math.min(39, Math.max(0, Math.floor(x)))]!
      const read = (index: Expr) => {
        const entry = e.lookup(0, [index], kind === 'bool')
        return kind === 'bool' ? e.select(entry, e.constant(1), e.constant(0)) : entry
      }
      const cases: [Expr, (c: number) => number][] = [
        [e.j, (c) => c],
        [e.add(e.j, e.constant(20.5)), (c) => c + 20.5],
        [e.sub(e.j, e.i), (c) => c - 5],
        [e.sub(e.constant(30), e.j), (c) => 30 - c],
        [e.sub(e.constant(9), e.j), (c) => 9 - c],
        [e.binary('max', e.sub(e.constant(20), e.j), e.constant(8)), (c) => Math.max(20 - c, 8)],
        [e.binary('min', e.add(e.j, e.constant(3)), e.constant(30)), (c) => Math.min(c + 3, 30)],
        [e.unary('floor', e.div(e.j, e.constant(4))), (c) => Math.floor(c / 4)],
        [e.div(e.sub(e.i, e.j), e.constant(16)), (c) => (5 - c) / 16],
        [e.mul(e.j, e.constant(2)), (c) => 2 * c],
        [e.mul(e.j, e.constant(-0.5)), (c) => -0.5 * c],
        [e.constant(17), () => 17],
        [e.unary('abs', e.sub(e.j, e.i)), (c) => Math.abs(c - 5)],
        [e.add(e.j, e.constant(1e9)), () => 39],
        [e.sub(e.j, e.constant(1e9)), () => 0],
      ]
      for (const [index, place] of cases) {
        expect(run({ score: read(index) }, { i0: 5 }, [table(kind, data)])).toEqual(columns.map((c) => at(place(c))))
      }
    },
  )

  test('a transposed table and a broadcast one are read through their strides', () => {
    const rows = table(
      'float32',
      Array.from({ length: 64 }, (_, n) => n),
      [4, 16],
    )
    const transposed = { ...rows, shape: [16, 4], strides: [1, 16] }
    expect(run({ score: e.lookup(0, [e.j, e.constant(2)]) }, {}, [transposed])).toEqual(columns.map((c) => 32 + c))
    const strided = { ...rows, shape: [4, 8], strides: [16, 2] }
    expect(run({ score: e.lookup(0, [e.constant(1), e.j]) }, {}, [strided])).toEqual(columns.map((c) => 16 + 2 * Math.min(c, 7)))
    const broadcast = { ...rows, shape: [4, 99], strides: [16, 0] }
    expect(run({ score: e.lookup(0, [e.i, e.j]) }, { i0: 3 }, [broadcast])).toEqual(Array(16).fill(48))
  })

  test('documents: queries and keys of the same id meet, though the ids are beyond what float32 can tell apart', () => {
    const ids = table(
      'int32',
      columns.map((c) => 2 ** 30 + Math.floor(c / 4)),
    )
    const mask = e.compare('eq', e.lookup(0, [e.i]), e.lookup(0, [e.j]))
    expect(run({ mask }, { i0: 5 }, [ids])).toEqual(columns.map((c) => (c >= 4 && c < 8 ? 0 : forbidden)))
  })

  test('a number is made of a boolean table, and a boolean of a table of numbers', () => {
    const flags = table(
      'bool',
      columns.map((c) => c % 2),
    )
    expect(run({ score: e.lookup(0, [e.j]) }, {}, [flags])).toEqual(columns.map((c) => c % 2))
    const numbers = table(
      'float32',
      columns.map((c) => (c % 2 ? 0.5 : 0)),
    )
    expect(run({ mask: e.lookup(0, [e.j], true) }, {}, [numbers])).toEqual(columns.map((c) => (c % 2 ? 0 : forbidden)))
  })

  test('a table with an empty axis reads as 0 or false, and its address is never touched', () => {
    const compiled = compileProgram(
      {
        score: e.add(e.lookup(0, [e.i, e.j]), e.lookup(0, [e.constant(0), e.binary('mod', e.j, e.constant(3))])),
        mask: e.negate(e.lookup(1, [e.j, e.i], true)),
        tableKinds: ['float32', 'bool'],
        tableRanks: [2, 2],
      },
      'masked',
      'relaxed',
    )
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true })
    const { tile } = new WebAssembly.Instance(new WebAssembly.Module(compiled.bytes), { env: { memory } }).exports as {
      tile: (...args: number[]) => void
    }
    const outside = 0x7fff0000
    new Int32Array(memory.buffer, 1024).set([outside, 0, 1000, 1000, 1, outside, 16, 1, 0, 16])
    new Float32Array(memory.buffer, 2048).set(compiled.constants)
    tile(0, 64, 1, 16, 0, 0, 0, 0, 1024, 2048, 65536 - SCRATCH_BYTES)
    expect([...new Float32Array(memory.buffer, 0, 16)]).toEqual(Array(16).fill(0))
  })

  test('nothing past the last entry is read: a table may end where the memory ends', () => {
    for (const kind of ['float32', 'bool'] as const) {
      for (const index of [e.j, e.sub(e.constant(20), e.j), e.unary('floor', e.div(e.j, e.constant(3)))]) {
        const score = kind === 'bool' ? undefined : e.lookup(0, [index])
        const mask = kind === 'bool' ? e.lookup(0, [index], true) : undefined
        const compiled = compileProgram({ score, mask, tableKinds: [kind], tableRanks: [1] }, 'masked', 'relaxed')
        const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true })
        const { tile } = new WebAssembly.Instance(new WebAssembly.Module(compiled.bytes), { env: { memory } }).exports as {
          tile: (...args: number[]) => void
        }
        for (const length of [1, 15, 16, 17, 21, 33]) {
          new Int32Array(memory.buffer, 1024).set([65536 - length * (kind === 'bool' ? 1 : 4), length, 1])
          new Float32Array(memory.buffer, 2048).set(compiled.constants)
          for (let j0 = -40; j0 < 60; j0++) tile(0, 128, 2, 32, 0, 0, 0, j0, 1024, 2048, 8192)
        }
      }
    }
  })
})

describe('compiling', () => {
  test('a module imports the memory and exports one function', () => {
    const module = new WebAssembly.Module(
      compileProgram({ mask: e.truth(true), tableKinds: [], tableRanks: [] }, 'masked', 'plain').bytes,
    )
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
    expect(WebAssembly.Module.exports(module)).toEqual([{ name: 'tile', kind: 'function' }])
  })

  test('the plain tier uses no relaxed instruction: none of its bytes stands after a prefix', () => {
    const all = e.add(e.unary('tanh', e.s), e.add(e.unary('exp', e.s), e.add(e.unary('log', e.s), e.unary('cos', e.s))))
    const score = e.select(e.compare('lt', e.s, e.constant(0)), all, e.unary('floor', e.s))
    const codes = (tier: 'plain' | 'relaxed') => {
      const { bytes } = compileProgram({ score, tableKinds: [], tableRanks: [] }, 'masked', tier)
      return Array.from(bytes).filter((byte, n) => byte === 0xfd && (bytes[n + 1]! & 0x80) !== 0 && bytes[n + 2] === 2).length
    }
    expect(codes('plain')).toBe(0)
    expect(codes('relaxed')).toBeGreaterThan(0)
  })

  test('equal programs have equal keys; another constant, tier, stage or kind of table has another', () => {
    const of = (value: number, kind: TableKind = 'float32'): TileProgram => ({
      score: e.add(e.s, e.mul(e.constant(value), e.lookup(0, [e.j]))),
      tableKinds: [kind],
      tableRanks: [1],
    })
    const keys = [
      programKey(of(1), 'masked', 'wide'),
      programKey(of(2), 'masked', 'wide'),
      programKey(of(1), 'masked', 'plain'),
      programKey(of(1), 'capped', 'wide'),
      programKey(of(1, 'int32'), 'masked', 'wide'),
      gradientKey({ derivative: e.constant(1), tableKinds: [], tableRanks: [] }, 'wide'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(compileProgram(of(1), 'masked', 'wide').key).toBe(keys[0])
  })

  test('a subexpression that is used twice is computed once: 2^40 uses of s are 40 products', () => {
    let score: Expr = e.s
    for (let n = 0; n < 40; n++) score = e.mul(score, score)
    const scores = columns.map((c) => 1 + c * 2 ** -43)
    expect(run({ score }, {}, [], scores)).toEqual(Array(16).fill(1))
  })

  test('a long list of rows and columns, regrouped by how often they change, allows the same links', () => {
    const listed = (ids: number[]) =>
      ids.map((n) => e.either(e.compare('eq', e.i, e.constant(n)), e.compare('eq', e.j, e.constant(n)))).reduce(e.either)
    const ids = Array.from({ length: 60 }, (_, n) => 3 * n)
    const tile = run({ mask: listed(ids) }, { rows: 2, i0: 3 })
    expect(tile).toEqual([3, 4].flatMap((i) => columns.map((c) => (i % 3 === 0 || c % 3 === 0 ? 0 : forbidden))))
  })

  test('more values of the column than the scratch memory keeps are computed in place', () => {
    const score = Array.from({ length: 40 }, (_, n) => e.mul(e.unary('floor', e.div(e.j, e.constant(n + 1))), e.s)).reduce(e.add)
    const expected = columns.map((c) => Array.from({ length: 40 }, (_, n) => Math.floor(c / (n + 1))).reduce((a, b) => a + b))
    expect(run({ score }, {}, [], Array(16).fill(1))).toEqual(expected)
  })

  test('what cannot be compiled is refused by name', () => {
    const lookups = Array.from({ length: 65 }, (_, n) => e.lookup(0, [e.add(e.sub(e.j, e.i), e.constant(n))])).reduce(e.add)
    const compile = (score: Expr, tableRanks: number[]) => () =>
      compileProgram({ score, tableKinds: tableRanks.map(() => 'float32' as const), tableRanks }, 'masked', 'plain')
    expect(compile(lookups, [1])).toThrow('more than 64 table lookups')
    expect(compile(e.lookup(0, [e.i, e.j]), [1])).toThrow('table 0 has 1 axes and is looked up with 2 indexes')
    expect(compile(e.lookup(2, [e.i]), [1])).toThrow('no table number 2, got 1 tables')
  })
})
