/** Writes the TFLite models that LiteRT runs: a list of operators over tensors, as tflite's schema.fbs lays them out. */

import { Builder, type Offset } from 'flatbuffers'

/** An index into the model's tensors. */
type TensorIndex = number

interface Operator {
  readonly code: keyof typeof CODES
  readonly inputs: readonly TensorIndex[]
  readonly output: TensorIndex
  /** BATCH_MATMUL: the second operand is transposed. */
  readonly transposed?: boolean
}

/** [number of the operator, number of its options in the union BuiltinOptions] */
const CODES = { ADD: [0, 11], FULLY_CONNECTED: [9, 8], MUL: [18, 21], SOFTMAX: [25, 9], BATCH_MATMUL: [126, 101] } as const
const NAMES = Object.keys(CODES) as (keyof typeof CODES)[]

/** A tensor: its shape, and its numbers if it is a constant. */
interface Item {
  readonly shape: readonly number[]
  readonly data?: Float32Array
}

interface Graph {
  readonly tensors: readonly Item[]
  readonly operators: readonly Operator[]
  readonly inputs: readonly TensorIndex[]
  readonly output: TensorIndex
}

/** softmax(q·scale·kᵀ + mask)·v over [1, H, L, D]; the mask [1, 1, L, S], if any, is a constant that is added. */
export function attentionModel(heads: number, queries: number, keys: number, width: number, mask?: Float32Array): Uint8Array {
  const scores = [1, heads, queries, keys]
  const tensors: Item[] = [
    { shape: [1, heads, queries, width] },
    { shape: [1, heads, keys, width] },
    { shape: [1, heads, keys, width] },
    { shape: [1], data: Float32Array.of(1 / Math.sqrt(width)) },
    { shape: [1, heads, queries, width] },
    { shape: scores },
    { shape: scores },
    { shape: [1, heads, queries, width] },
  ]
  const operators: Operator[] = [
    { code: 'MUL', inputs: [0, 3], output: 4 },
    { code: 'BATCH_MATMUL', inputs: [4, 1], output: 5, transposed: true },
  ]
  if (mask) {
    tensors.push({ shape: [1, 1, queries, keys], data: mask }, { shape: scores })
    operators.push({ code: 'ADD', inputs: [5, 8], output: 9 })
  }
  operators.push({ code: 'SOFTMAX', inputs: [mask ? 9 : 5], output: 6 }, { code: 'BATCH_MATMUL', inputs: [6, 2], output: 7 })
  return write({ tensors, operators, inputs: [0, 1, 2], output: 7 })
}

/** x·wᵀ + bias with constant weights. */
export function linearModel(m: number, n: number, k: number, w: Float32Array, bias: Float32Array): Uint8Array {
  const tensors = [{ shape: [m, k] }, { shape: [n, k], data: w }, { shape: [n], data: bias }, { shape: [m, n] }]
  return write({ tensors, operators: [{ code: 'FULLY_CONNECTED', inputs: [0, 1, 2], output: 3 }], inputs: [0], output: 3 })
}

const SCHEMA_VERSION = 3
/** The lowest operator code that does not fit the schema's first, 8-bit field. */
const LARGE_CODE = 127
const ALIGNMENT = 16

function write({ tensors, operators, inputs, output }: Graph): Uint8Array {
  const b = new Builder(1 << 16)
  const constants = tensors.filter(({ data }) => data)
  const buffers = offsets(b, [table(b, 1, () => {}), ...constants.map(({ data }) => buffer(b, data!))])
  let nextBuffer = 1
  const items = offsets(
    b,
    tensors.map((item, n) => tensor(b, `t${n}`, item, item.data ? nextBuffer++ : 0)),
  )
  const steps = offsets(
    b,
    operators.map((each) => operator(b, each)),
  )
  const [ins, outs, name] = [ints(b, inputs), ints(b, [output]), b.createString('main')]
  const graph = table(b, 5, () => [items, ins, outs, steps, name].forEach((offset, slot) => void b.addFieldOffset(slot, offset, 0)))
  const graphs = offsets(b, [graph])
  const codes = offsets(
    b,
    NAMES.map((code) => operatorCode(b, CODES[code][0])),
  )
  const description = b.createString('regard-bench')
  const model = table(b, 5, () => {
    b.addFieldInt32(0, SCHEMA_VERSION, 0)
    for (const [slot, offset] of [codes, graphs, description, buffers].entries()) b.addFieldOffset(slot + 1, offset, 0)
  })
  b.finish(model, 'TFL3')
  return b.asUint8Array().slice()
}

function table(b: Builder, slots: number, fill: () => void): Offset {
  b.startObject(slots)
  fill()
  return b.endObject()
}

function tensor(b: Builder, name: string, { shape }: Item, bufferIndex: number): Offset {
  const [label, dims] = [b.createString(name), ints(b, shape)]
  return table(b, 8, () => {
    b.addFieldOffset(0, dims, 0)
    b.addFieldInt32(2, bufferIndex, 0)
    b.addFieldOffset(3, label, 0)
  })
}

function operator(b: Builder, { code, inputs, output, transposed }: Operator): Offset {
  const options = table(b, 4, () => {
    if (code === 'SOFTMAX') b.addFieldFloat32(0, 1, 0)
    if (transposed) b.addFieldInt8(1, 1, 0)
  })
  const [ins, outs] = [ints(b, inputs), ints(b, [output])]
  return table(b, 9, () => {
    b.addFieldInt32(0, NAMES.indexOf(code), 0)
    b.addFieldOffset(1, ins, 0)
    b.addFieldOffset(2, outs, 0)
    b.addFieldInt8(3, CODES[code][1], 0)
    b.addFieldOffset(4, options, 0)
  })
}

function operatorCode(b: Builder, code: number): Offset {
  return table(b, 4, () => {
    b.addFieldInt8(0, Math.min(code, LARGE_CODE), 0)
    b.addFieldInt32(2, 1, 0)
    b.addFieldInt32(3, code, 0)
  })
}

function buffer(b: Builder, data: Float32Array): Offset {
  const raw = new Int8Array(data.buffer, data.byteOffset, data.byteLength)
  b.startVector(1, raw.length, ALIGNMENT)
  for (let n = raw.length - 1; n >= 0; n--) b.addInt8(raw[n]!)
  const vector = b.endVector()
  return table(b, 1, () => b.addFieldOffset(0, vector, 0))
}

function ints(b: Builder, values: readonly number[]): Offset {
  b.startVector(4, values.length, 4)
  for (let n = values.length - 1; n >= 0; n--) b.addInt32(values[n]!)
  return b.endVector()
}

function offsets(b: Builder, values: readonly Offset[]): Offset {
  b.startVector(4, values.length, 4)
  for (let n = values.length - 1; n >= 0; n--) b.addOffset(values[n]!)
  return b.endVector()
}
