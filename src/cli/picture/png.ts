/** A picture as PNG (https://www.w3.org/TR/png-3/): eight bits for each of red, green and blue. */

import { crc32, deflateSync } from 'node:zlib'
import type { Picture } from './picture.ts'
import { type Raster, toRaster } from './raster.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Units are 1/96 inch. */
const UNITS_PER_METRE = 96 / 0.0254

/** `scale`: pixels to a unit; 2 is 192 to the inch. */
export function toPng(picture: Picture, scale = 2): Uint8Array {
  const raster = toRaster(picture, scale)
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header(raster)),
    chunk('pHYs', density(scale)),
    chunk('iTXt', note('Title', picture.title)),
    chunk('iTXt', note('Description', picture.description)),
    chunk('IDAT', deflateSync(filtered(raster), { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** Length, name, content, and a checksum over the last two. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

function header({ width, height }: Raster): Uint8Array {
  const bytes = Buffer.alloc(13)
  bytes.writeUInt32BE(width, 0)
  bytes.writeUInt32BE(height, 4)
  // Eight bits, true colour, deflate, the five filters, not interlaced.
  bytes.set([8, 2, 0, 0, 0], 8)
  return bytes
}

function density(scale: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  const pixels = Math.round(UNITS_PER_METRE * scale)
  bytes.writeUInt32BE(pixels, 0)
  bytes.writeUInt32BE(pixels, 4)
  bytes[8] = 1
  return bytes
}

/** A keyword and its text in UTF-8, not compressed, in no named language. */
function note(keyword: string, text: string): Uint8Array {
  return Buffer.concat([Buffer.from(keyword, 'latin1'), Uint8Array.of(0, 0, 0, 0, 0), Buffer.from(text.toWellFormed(), 'utf8')])
}

/** Every row as the difference from the row above (filter 2): flat areas become zeros. */
function filtered({ width, height, pixels }: Raster): Uint8Array {
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
