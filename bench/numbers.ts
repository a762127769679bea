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

/** Numbers from…from+count of stream `seed`: close to normal, mean 0, variance 1, exact in float32. */
export function normal(count: number, seed: number, from = 0): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count)
  for (let n = 0; n < count; n++) {
    const x = hash(from + n, seed)
    out[n] = ((x & 255) + ((x >>> 8) & 255) + ((x >>> 16) & 255) + (x >>> 24) - 510) * SCALE
  }
  return out
}
