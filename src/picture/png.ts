/** A picture as PNG (https://www.w3.org/TR/png-3/): eight bits for each of red, green and blue. */

import type { Picture } from './picture.ts'
import { type Raster, toRaster } from './raster.ts'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Units are 1/96 inch. */
const UNITS_PER_METRE = 96 / 0.0254

/** `scale`: pixels to a unit; 2 is 192 to the inch. */
export async function toPng(picture: Picture, scale = 2): Promise<Uint8Array<ArrayBuffer>> {
  const raster = toRaster(picture, scale)
  return joined([
    SIGNATURE,
    chunk('IHDR', header(raster)),
    chunk('pHYs', density(scale)),
    chunk('iTXt', note('Title', picture.title)),
    chunk('iTXt', note('Description', picture.description)),
    chunk('IDAT', await deflated(filtered(raster))),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** Length, name, content, and a checksum over the last two. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const body = joined([new TextEncoder().encode(name), content])
  return joined([bytesOf(content.length), body, bytesOf(crc32(body))])
}

function header({ width, height }: Raster): Uint8Array {
  // Eight bits, true colour, deflate, the five filters, not interlaced.
  return joined([bytesOf(width), bytesOf(height), Uint8Array.of(8, 2, 0, 0, 0)])
}

function density(scale: number): Uint8Array {
  const pixels = bytesOf(Math.round(UNITS_PER_METRE * scale))
  return joined([pixels, pixels, Uint8Array.of(1)])
}

/** A keyword and its text in UTF-8, not compressed, in no named language. */
function note(keyword: string, text: string): Uint8Array {
  const utf8 = new TextEncoder()
  return joined([utf8.encode(keyword), Uint8Array.of(0, 0, 0, 0, 0), utf8.encode(text)])
}

/** Every row as the difference from the row above (filter 2): flat areas become zeros. */
function filtered({ width, height, pixels }: Raster): Uint8Array<ArrayBuffer> {
  const stride = 3 * width
  const out = new Uint8Array(height * (stride + 1))
  for (let row = 0; row < height; row++) {
    out[row * (stride + 1)] = 2
    for (let n = 0; n < stride; n++) {
      const above = row === 0 ? 0 : pixels[(row - 1) * stride + n]!
      out[row * (stride + 1) + 1 + n] = pixels[row * stride + n]! - above
    }
  }
  return out
}

/** In the format of zlib (RFC 1950). */
async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The remainders of every byte, by the polynomial of ISO 3309 with its bits reversed. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1
  return rest
})

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const byte of bytes) rest = REMAINDERS[(rest ^ byte) & 255]! ^ (rest >>> 8)
  return (rest ^ 0xffffffff) >>> 0
}

/** Four bytes, the highest first. */
function bytesOf(number: number): Uint8Array {
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
