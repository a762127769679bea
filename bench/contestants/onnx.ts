/** Writes ONNX models of one node: the few fields of onnx.proto that such a model needs. */

const text = new TextEncoder()

const VARINT = 0
const BYTES = 2
const FIXED32 = 5

export const FLOAT = 1
export const INT32 = 6
export const BOOL = 9

type Bytes = readonly number[]

function varint(value: number): number[] {
  const out: number[] = []
  let left = BigInt.asUintN(64, BigInt(value))
  do {
    const low = Number(left & 127n)
    left >>= 7n
    out.push(left ? low | 128 : low)
  } while (left)
  return out
}

const key = (field: number, wire: number): number[] => varint((field << 3) | wire)
const int = (field: number, value: number): number[] => [...key(field, VARINT), ...varint(value)]
const bytes = (field: number, content: Bytes): number[] => [...key(field, BYTES), ...varint(content.length), ...content]
const string = (field: number, value: string): number[] => bytes(field, [...text.encode(value)])
const float = (field: number, value: number): number[] => [
  ...key(field, FIXED32),
  ...new Uint8Array(new Float32Array([value]).buffer),
]

export interface Port {
  readonly name: string
  readonly type: number
  readonly shape: readonly (number | string)[]
}

export interface Node {
  readonly op: string
  /** '' for the standard operators. */
  readonly domain?: string
  /** Names, in order; '' for one left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly ints?: Readonly<Record<string, number>>
  readonly floats?: Readonly<Record<string, number>>
}

export interface Constant {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface Model {
  readonly node: Node
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly constants?: readonly Constant[]
}

const IR_VERSION = 10
const OPSET = 23
const INT_ATTRIBUTE = 2
const FLOAT_ATTRIBUTE = 1

/** The bytes of the model file. */
export function onnxModel({ node, inputs, outputs, constants = [] }: Model): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Uint8Array.from([...bytes(1, nodeBytes(node)), ...string(2, 'g')])]
  for (const constant of constants) parts.push(...constantParts(constant))
  parts.push(
    Uint8Array.from([
      ...inputs.flatMap((port) => bytes(11, portBytes(port))),
      ...outputs.flatMap((port) => bytes(12, portBytes(port))),
    ]),
  )
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = [
    ...int(1, IR_VERSION),
    ...opset('', OPSET),
    ...(node.domain ? opset(node.domain, 1) : []),
    ...key(7, BYTES),
    ...varint(length),
  ]
  return joined([Uint8Array.from(head), ...parts])
}

function nodeBytes({ op, domain, inputs, outputs, ints = {}, floats = {} }: Node): number[] {
  return [
    ...inputs.flatMap((name) => string(1, name)),
    ...outputs.flatMap((name) => string(2, name)),
    ...string(4, op),
    ...Object.entries(ints).flatMap(([name, value]) => bytes(5, [...string(1, name), ...int(3, value), ...int(20, INT_ATTRIBUTE)])),
    ...Object.entries(floats).flatMap(([name, value]) =>
      bytes(5, [...string(1, name), ...float(2, value), ...int(20, FLOAT_ATTRIBUTE)]),
    ),
    ...(domain ? string(7, domain) : []),
  ]
}

function portBytes({ name, type, shape }: Port): number[] {
  const dims = shape.flatMap((d) => bytes(1, typeof d === 'number' ? int(1, d) : string(2, d)))
  return [...string(1, name), ...bytes(2, bytes(1, [...int(1, type), ...bytes(2, dims)]))]
}

/** A constant's numbers are megabytes: they stay a typed array. */
function constantParts({ name, shape, data }: Constant): Uint8Array[] {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const head = [...shape.flatMap((d) => int(1, d)), ...int(2, FLOAT), ...string(8, name), ...key(9, BYTES), ...varint(raw.length)]
  return [Uint8Array.from([...key(5, BYTES), ...varint(head.length + raw.length), ...head]), raw]
}

const opset = (domain: string, version: number): number[] => bytes(8, [...string(1, domain), ...int(2, version)])

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
