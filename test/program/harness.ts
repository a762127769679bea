/** Runs compiled programs on tiles in a memory of their own. */

import { type Compiled, SCRATCH_BYTES, type TableKind } from '../../src/backend/wasm/program/index.ts'
import type { TableData } from '../../src/expression/index.ts'

export interface TestTable extends TableData {
  readonly kind: TableKind
}

export interface Place {
  readonly rows: number
  readonly cols: number
  readonly b: number
  readonly h: number
  readonly i0: number
  readonly j0: number
}

type Tile = (...args: number[]) => void

const START = 1024

/** A memory with the program's constants and the tables in it, each between guards that hold NaN or 255. */
export class Bench {
  readonly memory = new WebAssembly.Memory({ initial: 32, maximum: 65536, shared: true })
  private readonly tile: Tile
  private readonly pool: number
  private readonly descriptors: number
  private readonly scratch: number
  private top = START

  constructor(compiled: Compiled, tables: readonly TestTable[] = []) {
    const { tile, tileGradient } = new WebAssembly.Instance(new WebAssembly.Module(compiled.bytes), {
      env: { memory: this.memory },
    }).exports as { tile?: Tile; tileGradient?: Tile }
    this.tile = (tile ?? tileGradient)!
    this.pool = this.allocate(compiled.constants.byteLength)
    new Float32Array(this.memory.buffer).set(compiled.constants, this.pool / 4)
    this.scratch = this.allocate(SCRATCH_BYTES)
    const words = tables.flatMap((table) => [this.place(table), ...table.shape.flatMap((n, axis) => [n, table.strides[axis]!])])
    this.descriptors = this.allocate(4 * words.length)
    new Int32Array(this.memory.buffer).set(words, this.descriptors / 4)
  }

  allocate(bytes: number): number {
    const address = this.top
    this.top = Math.ceil((address + bytes + 64) / 64) * 64
    return address
  }

  /** → the address of the table's first element. */
  private place(table: TestTable): number {
    const size = table.kind === 'bool' ? 1 : 4
    const address = this.allocate(size * (table.data.length + 32)) + 16 * size
    const length = table.data.length + 32
    const into =
      table.kind === 'float32'
        ? new Float32Array(this.memory.buffer, address - 64, length).fill(Number.NaN)
        : table.kind === 'int32'
          ? new Int32Array(this.memory.buffer, address - 64, length).fill(0x7fffffff)
          : new Uint8Array(this.memory.buffer, address - 16, length).fill(255)
    into.set(Array.from(table.data), 16)
    return address + size * table.offset
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count)
  }

  /** The call on tiles at these addresses, as a function to be repeated. */
  call(tiles: readonly number[], ld: number, { rows, cols, b, h, i0, j0 }: Place): () => void {
    const { tile, descriptors, pool, scratch } = this
    const [s, ds] = tiles as [number, number]
    return tiles.length === 1
      ? () => tile(s, ld, rows, cols, b, h, i0, j0, descriptors, pool, scratch)
      : () => tile(s, ds, ld, rows, cols, b, h, i0, j0, descriptors, pool, scratch)
  }

  /** The tile after the program: `rows` × `cols` numbers, through a tile with wider rows. */
  run(scores: ArrayLike<number>, place: Place): Float32Array {
    return this.runBoth([scores], place)
  }

  runGradient(scores: ArrayLike<number>, gradient: ArrayLike<number>, place: Place): Float32Array {
    return this.runBoth([scores, gradient], place)
  }

  private runBoth(inputs: readonly ArrayLike<number>[], place: Place): Float32Array {
    const { rows, cols } = place
    const width = cols + 16
    const tiles = inputs.map((input) => {
      const address = this.allocate(4 * rows * width)
      const into = this.floats(address, rows * width).fill(777)
      for (let r = 0; r < rows; r++)
        into.set(
          Array.from({ length: cols }, (_, c) => input[r * cols + c]!),
          r * width,
        )
      return address
    })
    this.call(tiles, 4 * width, place)()
    const out = new Float32Array(rows * cols)
    const from = this.floats(tiles.at(-1)!, rows * width)
    for (let r = 0; r < rows; r++) {
      out.set(from.subarray(r * width, r * width + cols), r * cols)
      for (let c = cols; c < width; c++) if (from[r * width + c] !== 777) throw new Error(`wrote past row ${r}`)
    }
    this.top = tiles[0]!
    return out
  }
}
