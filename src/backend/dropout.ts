/**
 * Which weights dropout drops: a counter-based hash, so that the answer depends on (seed, b, h, row, j) alone, never on tiles or
 * threads. Arithmetic on unsigned 32-bit integers; every backend must agree with this to the bit.
 */

/** Mixes 32 bits (the finaliser of MurmurHash3, which passes avalanche tests). */
export function mix(x: number): number {
  x ^= x >>> 16
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** A row's key: `headOrdinal` is b·H + h. */
export function rowKey(seed: number, headOrdinal: number, row: number): number {
  return mix(mix(seed ^ mix(headOrdinal + 0x9e3779b9)) ^ row)
}

/** Kept unless the hash falls below p·2³². */
export function isKept(key: number, j: number, p: number): boolean {
  return mix(key ^ Math.imul(j, 0x9e3779b1)) >= Math.floor(p * 4294967296)
}
