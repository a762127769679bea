/** Broken files out of good ones: bytes changed blindly, JSON changed where it hurts. */

import type { Random } from './random.ts'

/** Values that readers trip over. They are JSON text, for some cannot be written from a value. */
const HOSTILE = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1',
  '2',
  '0.5',
  '1e-320',
  '1e308',
  '1e999',
  '-1e999',
  '255',
  '65536',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '18446744073709551615',
  '18446744073709551616',
  '1'.repeat(400),
  '""',
  '"0"',
  '"a"',
  '"__proto__"',
  '"constructor"',
  '"../../outside.safetensors"',
  '"../outside.safetensors"',
  '"/etc/passwd"',
  '"C:\\\\x"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\n\\r\\u2028"',
  `"${'x'.repeat(5000)}"`,
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"a":1}',
  '{"__proto__":{"x":1}}',
  '{"":0}',
  '[0,0]',
  '[-1,1e9]',
  `${'['.repeat(3000)}${']'.repeat(3000)}`,
  `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
  `[${'0,'.repeat(3000)}0]`,
]

/** JSON text, changed in one to four places: values, keys, whole branches. */
export function mutateJson(text: string, random: Random): string {
  let changed = text
  for (let times = 1 + random.below(4); times > 0; times--) changed = changeOnce(changed, random)
  return random.chance(0.1) ? breakText(changed, random) : changed
}

/** A place in JSON text where a value or a key stands. */
const PIECE = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[\]|\{\}/g

function changeOnce(text: string, random: Random): string {
  const places = [...text.matchAll(PIECE)]
  if (places.length === 0) return random.of(HOSTILE)
  const place = random.of(places)
  const [from, to] = [place.index, place.index + place[0].length]
  const put = (piece: string): string => text.slice(0, from) + piece + text.slice(to)
  const isKey = /^\s*:/.test(text.slice(to, to + 4))
  const kind = random.below(isKey ? 4 : 5)
  if (isKey && kind === 0) return put(`"x${random.below(9)}"`)
  if (isKey && kind === 1) return put(random.of(places)[0].replace(/^[^"].*$/, '"y"'))
  if (kind === 2) return removeBranch(text, from, to)
  if (kind === 3) return put(`${place[0]}${isKey ? `:${random.of(HOSTILE)},${place[0]}` : ''}`)
  if (isKey) return put(place[0])
  return put(kind === 4 && /^-?\d/.test(place[0]) ? nearby(place[0], random) : random.of(HOSTILE))
}

function nearby(number: string, random: Random): string {
  return String(random.of([Number(number) + 1, Number(number) - 1, -Number(number), Number(number) * 2, Number(number) / 2]))
}

/** From a place to the end of what follows it, commas taken along. */
function removeBranch(text: string, from: number, to: number): string {
  const end = text.indexOf(',', to)
  return end < 0 ? text.slice(0, from) + text.slice(to) : text.slice(0, from) + text.slice(end + 1)
}

function breakText(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const piece = random.of(['', ',', '}', ']', '"', '\\', '\0', '\ufeff', '//', 'NaN', 'Infinity', '{', ' '.repeat(2000)])
  return random.chance(0.3) ? text.slice(0, at) : text.slice(0, at) + piece + text.slice(at + random.below(3))
}

/** Bytes, changed in one to eight places; sometimes cut, doubled or put in elsewhere. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let out = Uint8Array.from(bytes)
  for (let times = 1 + random.below(8); times > 0 && out.length > 0; times--) {
    const at = random.below(out.length)
    const kind = random.below(8)
    if (kind < 4)
      out[at] = kind < 2 ? out[at]! ^ (1 << random.below(8)) : random.of([0, 1, 0x22, 0x2c, 0x7b, 0x7d, 0x7f, 0x80, 0xff])
    else if (kind === 4) out = out.slice(0, at)
    else if (kind === 5) out = joined(out.subarray(0, at), out.subarray(at + random.below(16)))
    else if (kind === 6) out = joined(out.subarray(0, at), out.subarray(at - Math.min(at, random.below(32))))
    else
      out = joined(
        out,
        Uint8Array.from({ length: random.below(32) }, () => random.below(256)),
      )
  }
  return out
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(a.length + b.length)
  made.set(a)
  made.set(b, a.length)
  return made
}
