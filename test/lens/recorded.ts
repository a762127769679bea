/** Runs as the original implementation recorded them (../shared/models/all-MiniLM-L6-v2/expected.safetensors), for tests that need no engine. */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Openable, TokenLike } from '../../src/lens/index.ts'

export const checkpoint = fileURLToPath(new URL('../../../shared/models/all-MiniLM-L6-v2/', import.meta.url))
export const hasCheckpoint = existsSync(`${checkpoint}expected.safetensors`)
export const whyNot = 'skipped: ../shared/models/all-MiniLM-L6-v2 is not here'

export interface Recorded extends Omit<Openable, 'columns'> {
  readonly text: string
  readonly tokens: readonly (TokenLike & { readonly id: number })[]
}

interface Header {
  readonly [name: string]: { readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }
}

/** Sentence number `batch` of the recording, padding left out. */
export function recorded(batch: number): Recorded {
  const { text, numbers, width } = recording()
  const own = text[batch]!
  const ints = (name: string, at: number): number => numbers(name).getInt32(4 * at, true)
  const real = Array.from({ length: width }, (_, t) => t).filter((t) => ints('batch.attention_mask', batch * width + t) === 1)
  const tokens = real.map((t) => {
    const [start, end] = [0, 1].map((side) => utf16(own, ints('batch.offsets', 2 * (batch * width + t) + side))) as [number, number]
    const special = start === end
    const name = t === 0 ? '[CLS]' : '[SEP]'
    return { id: ints('batch.input_ids', batch * width + t), text: special ? name : own.slice(start, end), start, end, special }
  })
  return {
    text: own,
    tokens,
    config: { layers: 6, heads: 12 },
    attention: (layer, head) => ({
      tile: (r0, r1, c0, c1) => {
        const all = numbers(`batch.attention.${layer}`)
        const base = (batch * 12 + head) * width * width
        const out = new Float32Array((r1 - r0) * (c1 - c0))
        for (let row = r0, at = 0; row < r1; row++)
          for (let column = c0; column < c1; column++) out[at++] = all.getFloat32(4 * (base + row * width + column), true)
        return out
      },
    }),
  }
}

interface Recording {
  readonly text: readonly string[]
  /** Tokens of the longest sentence. */
  readonly width: number
  numbers(name: string): DataView
}

let read: Recording | undefined

function recording(): Recording {
  read ??= open()
  return read
}

function open(): Recording {
  const file = readFileSync(`${checkpoint}expected.safetensors`)
  const length = Number(file.readBigUInt64LE(0))
  const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Header
  const { sentences } = (header as unknown as { __metadata__: Record<string, string> }).__metadata__
  return {
    text: JSON.parse(sentences!) as string[],
    width: header['batch.input_ids']!.shape[1]!,
    numbers: (name) => {
      const [from, to] = header[name]!.data_offsets
      return new DataView(file.buffer, file.byteOffset + 8 + length + from, to - from)
    },
  }
}

/** Code points (Python's offsets) → UTF-16. */
function utf16(text: string, codePoints: number): number {
  return [...text].slice(0, codePoints).join('').length
}
