/** Chance that can be repeated: a number for each seed, row and step, whatever was drawn before. */

/** Uniform in [0, 1), with 53 bits: depends on the three alone. */
export function uniform(seed: number, row: number, step: number): number {
  const key = mix(mix(mix(seed >>> 0) ^ row) ^ step)
  const high = mix(key ^ 0x9e3779b9) >>> 5
  const low = mix(key ^ 0x85ebca6b) >>> 6
  return (high * 2 ** 26 + low) / 2 ** 53
}

/** Every bit of x has a say in every bit of the result (Wellons's "lowbias32"). */
function mix(x: number): number {
  let h = (x + 0x6d2b79f5) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0xd35a2d97)
  return (h ^ (h >>> 15)) >>> 0
}
