/**
 * The inputs, the same in every process and language: number n of stream `seed` is a hash of both, so that any slice can be made alone.
 * The four bytes of the hash are added, which gives integers close to a normal distribution; scaled to variance 1.
 * contestants/pytorch.py computes the same bits.
 */

/** The sum of four uniform bytes has mean 510 and this standard deviation: √(4·(256² − 1)/12). */
const SCALE = Math.fround(1 / 147.79941)

/** A 32-bit hash of (n, seed): the finalizer of MurmurHash3 over an odd multiple of n. */
export function hash(n: number, seed: number): number {
  let x = (Math.imul(n, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** Numbers from…from+count of stream `seed`: close to normal, mean 0, variance 1 (in float32), then multiplied by `scale`. */
export function normal(count: number, seed: number, from = 0, scale = 1): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count)
  fill(out, seed, from, scale)
  return out
}

/** The stream as [heads, length, width], laid out [length, heads, width]: without a second copy, which would count as a peer's memory. */
export function normalByToken(heads: number, length: number, width: number, seed: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(heads * length * width)
  for (let n = 0; n < length; n++)
    for (let h = 0; h < heads; h++) {
      const at = (n * heads + h) * width
      fill(out.subarray(at, at + width), seed, (h * length + n) * width, 1)
    }
  return out
}

function fill(out: Float32Array, seed: number, from: number, scale: number): void {
  for (let n = 0; n < out.length; n++) {
    const x = hash(from + n, seed)
    const sum = (x & 255) + ((x >>> 8) & 255) + ((x >>> 16) & 255) + (x >>> 24) - 510
    out[n] = Math.fround(sum * SCALE) * scale
  }
}
