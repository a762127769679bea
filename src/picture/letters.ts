/**
 * Letters as strokes, for pictures that are made of pixels: a plotter's alphabet, so that no font is needed. Capitals are 14 units
 * high, small letters 10; 20 units are one em. Paths are those of SVG with M, L and Q alone, y upwards from the base line.
 */

const CAPITAL = 14
const SMALL = 10
const EM = 20
/** Between two letters; half of it on each side. */
const GAP = 3
/** The thickness of a stroke. */
const STROKE = 1.5

const BOWL = 'Q7 10 3.5 10Q0 10 0 5Q0 0 3.5 0Q7 0 7 5'
const BELLY = 'Q0 10 3.5 10Q7 10 7 5Q7 0 3.5 0Q0 0 0 5'
const RING = 'M5.2 14Q10.4 14 10.4 7Q10.4 0 5.2 0Q0 0 0 7Q0 14 5.2 14'
const ROUND = 'M3.5 10Q7 10 7 5Q7 0 3.5 0Q0 0 0 5Q0 10 3.5 10'
const HOOK = 'M0 0L0 14L4.6 14Q8.2 14 8.2 10.3Q8.2 6.6 4.6 6.6L0 6.6'
const SNAKE = 'M8 11.5Q7 14 4.2 14Q0.6 14 0.6 10.7Q0.6 8 4.2 7.3Q8.4 6.4 8.4 3.5Q8.4 0 4.2 0Q1 0 0 2.8'

/** Digits are all equally wide, so that columns of figures stand. */
const DIGIT = 7.4

const PATHS: Readonly<Record<string, string>> = {
  a: `M7 10L7 0M7 5${BOWL}`,
  b: `M0 14L0 0M0 5${BELLY}`,
  c: 'M6.5 8.3Q5.5 10 3.7 10Q0 10 0 5Q0 0 3.7 0Q5.5 0 6.5 1.7',
  d: `M7 14L7 0M7 5${BOWL}`,
  e: 'M0 5L7 5Q7 10 3.5 10Q0 10 0 5Q0 0 3.7 0Q5.7 0 6.6 1.7',
  f: 'M5 14Q2 14.4 2 11L2 0M0 10L4.8 10',
  g: `M7 10L7 -0.8Q7 -4 3.5 -4Q1.5 -4 0.5 -2.8M7 5${BOWL}`,
  h: 'M0 14L0 0M0 6Q0.5 10 3.5 10Q6.5 10 6.5 6L6.5 0',
  i: 'M0 10L0 0M0 13.4L0 14',
  j: 'M2 10L2 -1.5Q2 -4 0 -4M2 13.4L2 14',
  k: 'M0 14L0 0M6 10L0 4M2.2 6.2L6.3 0',
  l: 'M0 14L0 2.2Q0 0 2 0.2',
  m: 'M0 10L0 0M0 6.5Q0.5 10 3 10Q5.2 10 5.2 6.5L5.2 0M5.2 6.5Q5.7 10 8.2 10Q10.5 10 10.5 6.5L10.5 0',
  n: 'M0 10L0 0M0 6Q0.5 10 3.5 10Q6.5 10 6.5 6L6.5 0',
  o: ROUND,
  p: `M0 10L0 -4M0 5${BELLY}`,
  q: `M7 10L7 -4M7 5${BOWL}`,
  r: 'M0 10L0 0M0 6Q0.5 10 4.2 9.8',
  s: 'M5.8 8.4Q5 10 3 10Q0.3 10 0.3 7.6Q0.3 5.6 3 5.2Q6 4.7 6 2.6Q6 0 3 0Q0.8 0 0 1.7',
  t: 'M2 13.5L2 2.5Q2 0 4.5 0.2M0 10L4.5 10',
  u: 'M0 10L0 4Q0 0 3 0Q6 0 6.5 4M6.5 10L6.5 0',
  v: 'M0 10L3.2 0L6.4 10',
  w: 'M0 10L2.4 0L5 9L7.6 0L10 10',
  x: 'M0 10L6 0M6 10L0 0',
  y: 'M0 10L3.3 0M6.6 10L2.6 -2.5Q2 -4 0.2 -4',
  z: 'M0 10L6 10L0 0L6 0',
  A: 'M0 0L5 14L10 0M1.8 5L8.2 5',
  B: 'M0 7.4L5 7.4Q8.6 7.4 8.6 3.7Q8.6 0 5 0L0 0L0 14L4.6 14Q7.8 14 7.8 10.7Q7.8 7.4 4.6 7.4',
  C: 'M9.5 11Q8.3 14 5.2 14Q0 14 0 7Q0 0 5.2 0Q8.3 0 9.5 3',
  D: 'M0 0L0 14L4 14Q9.5 14 9.5 7Q9.5 0 4 0L0 0',
  E: 'M7.5 14L0 14L0 0L7.5 0M0 7.4L6.5 7.4',
  F: 'M7.5 14L0 14L0 0M0 7.2L6.3 7.2',
  G: 'M9.5 11.2Q8.3 14 5.2 14Q0 14 0 7Q0 0 5.2 0Q8.5 0 9.7 2.5L9.7 6.8L5.6 6.8',
  H: 'M0 14L0 0M9 14L9 0M0 7.3L9 7.3',
  I: 'M0 14L0 0',
  J: 'M5.5 14L5.5 4Q5.5 0 2.8 0Q0.3 0 0 3',
  K: 'M0 14L0 0M8 14L0 5.5M2.8 8.5L8.3 0',
  L: 'M0 14L0 0L7 0',
  M: 'M0 0L0 14L5.5 3L11 14L11 0',
  N: 'M0 0L0 14L9 0L9 14',
  O: RING,
  P: HOOK,
  Q: `${RING}M6.5 3L10.4 -1`,
  R: `${HOOK}M4.5 6.6L8.6 0`,
  S: SNAKE,
  T: 'M0 14L9 14M4.5 14L4.5 0',
  U: 'M0 14L0 5Q0 0 4.5 0Q9 0 9 5L9 14',
  V: 'M0 14L4.8 0L9.6 14',
  W: 'M0 14L3.4 0L6.8 12.5L10.2 0L13.6 14',
  X: 'M0 14L8.6 0M8.6 14L0 0',
  Y: 'M0 14L4.5 6.5L9 14M4.5 6.5L4.5 0',
  Z: 'M0 14L8.4 14L0 0L8.4 0',
  0: 'M3.7 14Q7.4 14 7.4 7Q7.4 0 3.7 0Q0 0 0 7Q0 14 3.7 14',
  1: 'M1.2 11.2L4.2 14L4.2 0',
  2: 'M0.4 11Q1 14 3.8 14Q7 14 7 10.6Q7 8.5 4.5 5.8L0 0L7.4 0',
  3: 'M0.5 14L7 14L3.4 8.5Q7.4 8.5 7.4 4.3Q7.4 0 3.5 0Q1 0 0 2.5',
  4: 'M5.4 0L5.4 14L0 4L7.4 4',
  5: 'M6.8 14L1 14L0.6 7.6Q1.8 9 3.8 9Q7.4 9 7.4 4.6Q7.4 0 3.6 0Q1 0 0 2.2',
  6: 'M6.6 12.5Q5.6 14 4 14Q0 14 0 6.5Q0 0 3.8 0Q7.4 0 7.4 4.4Q7.4 8.6 3.9 8.6Q0.8 8.6 0 5',
  7: 'M0 14L7.4 14L2.6 0',
  8: 'M3.7 7.5Q0.6 7.9 0.6 10.8Q0.6 14 3.7 14Q6.8 14 6.8 10.8Q6.8 7.9 3.7 7.5Q0 7 0 3.7Q0 0 3.7 0Q7.4 0 7.4 3.7Q7.4 7 3.7 7.5',
  9: 'M0.8 1.5Q1.8 0 3.4 0Q7.4 0 7.4 7.5Q7.4 14 3.6 14Q0 14 0 9.6Q0 5.4 3.5 5.4Q6.6 5.4 7.4 9',
  '.': 'M0 0L0 0.6',
  ',': 'M0.6 0.4L0 -2.5',
  ':': 'M0 0L0 0.6M0 7.6L0 8.2',
  ';': 'M0.6 0.4L0 -2.5M0.6 7.6L0.6 8.2',
  '!': 'M0 14L0 4M0 0L0 0.6',
  '?': 'M0 11Q0.6 14 3.4 14Q6.6 14 6.6 10.8Q6.6 8.6 4.4 7.2Q3.3 6.4 3.3 4M3.3 0L3.3 0.6',
  "'": 'M0 14L0 10.5',
  '"': 'M0 14L0 10.5M3 14L3 10.5',
  '(': 'M2.6 16Q0 12.5 0 6.5Q0 0.5 2.6 -3',
  ')': 'M0 16Q2.6 12.5 2.6 6.5Q2.6 0.5 0 -3',
  '[': 'M2.5 16L0 16L0 -3L2.5 -3',
  ']': 'M0 16L2.5 16L2.5 -3L0 -3',
  '{': 'M3.5 16Q1.5 16 1.5 13L1.5 9Q1.5 6.5 0 6.5Q1.5 6.5 1.5 4L1.5 0Q1.5 -3 3.5 -3',
  '}': 'M0 16Q2 16 2 13L2 9Q2 6.5 3.5 6.5Q2 6.5 2 4L2 0Q2 -3 0 -3',
  '/': 'M0 -1.5L5 15',
  '\\': 'M0 15L5 -1.5',
  '|': 'M0 16L0 -3',
  '‖': 'M0 16L0 -3M3 16L3 -3',
  '-': 'M0 5.2L4.5 5.2',
  '–': 'M0 5.2L7 5.2',
  '—': 'M0 5.2L12 5.2',
  '−': 'M0 6L7.4 6',
  '+': 'M3.7 9.7L3.7 2.3M0 6L7.4 6',
  '±': 'M3.7 11L3.7 4.4M0 7.7L7.4 7.7M0 1.5L7.4 1.5',
  '=': 'M0 8L7.4 8M0 4L7.4 4',
  '<': 'M7 11L0 6.3L7 1.6',
  '>': 'M0 11L7 6.3L0 1.6',
  '≤': 'M7 12L0 8L7 4M0 1L7 1',
  '≥': 'M0 12L7 8L0 4M0 1L7 1',
  '×': 'M0.5 9L6.5 3M6.5 9L0.5 3',
  '·': 'M0 5.7L0 6.3',
  '•': 'M0 5.7L0 6.3M0.7 5.7L0.7 6.3',
  '…': 'M0 0L0 0.6M4 0L4 0.6M8 0L8 0.6',
  '→': 'M0 6L10 6M6.8 9.2L10 6L6.8 2.8',
  '←': 'M10 6L0 6M3.2 9.2L0 6L3.2 2.8',
  Σ: 'M8.4 14L0 14L5 7L0 0L8.4 0',
  '√': 'M0 6L1.6 7L4 0L7.5 15L12 15',
  '∞': 'M6 6Q4.5 9 2.7 9Q0 9 0 6Q0 3 2.7 3Q4.5 3 6 6Q7.5 9 9.3 9Q12 9 12 6Q12 3 9.3 3Q7.5 3 6 6',
  '°': 'M2.4 14Q4.8 14 4.8 11.8Q4.8 9.6 2.4 9.6Q0 9.6 0 11.8Q0 14 2.4 14',
  '*': 'M3 14L3 8M0.4 12.5L5.6 9.5M0.4 9.5L5.6 12.5',
  '#': 'M2.6 14L1.2 0M7 14L5.6 0M0.4 9.4L8.4 9.4M0 4.6L8 4.6',
  '%': 'M10 14L2 0M2.6 14Q5.2 14 5.2 10.7Q5.2 7.4 2.6 7.4Q0 7.4 0 10.7Q0 14 2.6 14M9.4 6.6Q12 6.6 12 3.3Q12 0 9.4 0Q6.8 0 6.8 3.3Q6.8 6.6 9.4 6.6',
  '&': 'M8.8 0L1.6 10Q1 14 3.8 14Q6.4 14 6.2 11.2Q6 9 3.4 7.6Q0 6 0 3.4Q0 0 3.8 0Q7.8 0 8.6 6',
  '@': 'M9 9.5L9 4.5Q9 2.8 10.8 2.8Q13 3 13 7Q13 14 6.5 14Q0 14 0 6Q0 -2.5 7 -2.5Q9.5 -2.5 11 -1.5M9 6.2Q9 9.6 6.3 9.6Q3.6 9.6 3.6 6.2Q3.6 2.8 6.3 2.8Q9 2.8 9 6.2',
  $: `${SNAKE}M4.2 16L4.2 -2`,
  '^': 'M0 9L3 14L6 9',
  _: 'M0 -2L8 -2',
  '`': 'M0 14L2 11.5',
  '~': 'M0 5.4Q1 8.4 3.7 6Q6.4 3.6 7.4 6.6',
  '␣': 'M0 2L0 -1L7 -1L7 2',
  ß: 'M0 0L0 10Q0 14 3.3 14Q6.4 14 6.4 11Q6.4 9.2 4.4 8Q7.4 7 7.4 3.6Q7.4 0 4 0L3 0',
  ø: `${ROUND}M0 -1L7 11`,
  Ø: `${RING}M0.6 -1L9.8 15`,
  æ: 'M6 10L6 0M6 5Q6 10 3 10Q0 10 0 5Q0 0 3 0Q6 0 6 5L12 5Q12 10 9 10Q6 10 6 5Q6 0 9.2 0Q11 0 11.8 1.7',
  œ: 'M6 5Q6 10 3 10Q0 10 0 5Q0 0 3 0Q6 0 6 5L12 5Q12 10 9 10Q6 10 6 5Q6 0 9.2 0Q11 0 11.8 1.7',
  Æ: 'M0 0L7 14L13.5 14M7 14L7 0L13.5 0M7 7.4L12.5 7.4M2.5 5L7 5',
  Œ: 'M13 14L6 14Q0 14 0 7Q0 0 6 0L13 0M7 14L7 0M7 7.4L12 7.4',
  ł: 'M1.6 14L1.6 2.2Q1.6 0 3.6 0.2M0 6L3.4 8.6',
  Ł: 'M1.4 14L1.4 0L8.4 0M0 5.6L4.6 9',
  đ: `M7 14L7 0M7 5${BOWL}M4.4 12L9 12`,
  ı: 'M0 10L0 0',
}

/** What looks the same here. */
const ALIKE: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‑': '-',
  '\u2212': '−',
  '⁄': '/',
}

const RAISED: Readonly<Record<string, string>> = {
  '⁰': '0',
  '¹': '1',
  '²': '2',
  '³': '3',
  '⁴': '4',
  '⁵': '5',
  '⁶': '6',
  '⁷': '7',
  '⁸': '8',
  '⁹': '9',
}

/** Marks over (or under) a letter, from the middle of it and, those above, from its height. */
const ACCENTS: Readonly<Record<string, string>> = {
  '\u0300': 'M-1.6 4L0.6 1.8',
  '\u0301': 'M1.6 4L-0.6 1.8',
  '\u0302': 'M-2 1.8L0 4L2 1.8',
  '\u0303': 'M-2.4 2Q-1.4 4 0 2.8Q1.4 1.6 2.4 3.4',
  '\u0304': 'M-2.2 2.6L2.2 2.6',
  '\u0306': 'M-2 4Q0 0.6 2 4',
  '\u0307': 'M0 2.6L0 3.2',
  '\u0308': 'M-1.9 2.6L-1.9 3.2M1.9 2.6L1.9 3.2',
  '\u030a': 'M0 4.8Q1.5 4.8 1.5 3.3Q1.5 1.8 0 1.8Q-1.5 1.8 -1.5 3.3Q-1.5 4.8 0 4.8',
  '\u030b': 'M0 4L-1.6 1.8M2.6 4L1 1.8',
  '\u030c': 'M-2 4L0 1.8L2 4',
}
const BELOW: Readonly<Record<string, string>> = {
  '\u0327': 'M0 0L0 -1.2Q2 -1.4 1.8 -2.8Q1.4 -4 -0.8 -3.6',
  '\u0328': 'M1 0Q-1 -2.4 0.4 -3.4Q1 -4 2 -3.4',
}

const UNKNOWN = 'M0 0L0 14L8.5 14L8.5 0L0 0'

export type Stroke = readonly (readonly [x: number, y: number])[]

export interface Lettering {
  /** From the start of the base line, y downwards. */
  readonly strokes: readonly Stroke[]
  readonly width: number
  readonly thickness: number
}

interface Glyph {
  readonly strokes: readonly Stroke[]
  readonly width: number
}

/** The strokes of a text in letters of `size`. What the alphabet does not have is an empty box. */
export function lettering(text: string, size: number, bold = false): Lettering {
  const unit = size / EM
  const strokes: Stroke[] = []
  let at = GAP / 2
  let last: { from: number; width: number; high: number } | undefined
  for (const character of text.normalize('NFD')) {
    const accent = ACCENTS[character] ?? BELOW[character]
    if (accent && last) {
      const [middle, up] = [last.from + last.width / 2, ACCENTS[character] ? last.high : 0]
      strokes.push(...placed(pathOf(accent), middle, up, unit))
      continue
    }
    if (/\p{M}/u.test(character)) continue
    const { strokes: own, width } = glyphOf(character)
    strokes.push(...placed(own, at, 0, unit))
    last = { from: at, width, high: /[\p{Lu}bdfhklt]/u.test(character) ? CAPITAL : SMALL }
    at += width + GAP
  }
  return { strokes, width: (at - GAP / 2) * unit, thickness: STROKE * (bold ? 1.6 : 1) * unit }
}

/** How wide a text is in letters of `size`; a system font of the same size differs by a few per cent. */
export function widthIn(text: string, size: number): number {
  let width = 0
  for (const character of text.normalize('NFD')) if (!/\p{M}/u.test(character)) width += glyphOf(character).width + GAP
  return (width * size) / EM
}

/** Characters of a text for which there are no strokes. */
export function unwritable(text: string): string[] {
  const found = [...text.normalize('NFD')].filter((character) => !/\p{M}/u.test(character) && !known(character))
  return [...new Set(found)]
}

const known = (character: string): boolean =>
  /[\s\p{Cf}]/u.test(character) || (ALIKE[character] ?? RAISED[character] ?? character) in PATHS

const made = new Map<string, Glyph>()

function glyphOf(character: string): Glyph {
  const earlier = made.get(character)
  if (earlier) return earlier
  const glyph = makeGlyph(character)
  made.set(character, glyph)
  return glyph
}

function makeGlyph(character: string): Glyph {
  if (/\p{Cf}/u.test(character)) return { strokes: [], width: -GAP }
  if (/\s/u.test(character)) return { strokes: [], width: 3.2 }
  const raised = RAISED[character]
  if (raised) return { strokes: placed(pathOf(PATHS[raised]!), 0, 6.5, 0.6, 1), width: DIGIT * 0.6 }
  const strokes = pathOf(PATHS[ALIKE[character] ?? character] ?? UNKNOWN)
  const width = /\d/.test(character) ? DIGIT : Math.max(...strokes.flat().map(([x]) => x))
  return { strokes, width }
}

/** Scales strokes and turns them over where y is to point down. */
function placed(strokes: readonly Stroke[], right: number, up: number, unit: number, sign = -1): Stroke[] {
  return strokes.map((stroke) =>
    stroke.map(([x, y]): [number, number] =>
      sign < 0 ? [(right + x) * unit, -(up + y) * unit] : [right + x * unit, up + y * unit],
    ),
  )
}

/** How many straight pieces stand for a curve. */
const PIECES = 6

function pathOf(path: string): Stroke[] {
  const strokes: [number, number][][] = []
  for (const [, command, rest] of path.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const [a, b, c, d] = rest!.split(' ').map(Number) as [number, number, number, number]
    if (command === 'M') strokes.push([[a, b]])
    else if (command === 'L') strokes.at(-1)!.push([a, b])
    else {
      const stroke = strokes.at(-1)!
      const [x, y] = stroke.at(-1)!
      for (let n = 1; n <= PIECES; n++) {
        const t = n / PIECES
        const [p, q, r] = [(1 - t) ** 2, 2 * t * (1 - t), t * t]
        stroke.push([p * x + q * a + r * c, p * y + q * b + r * d])
      }
    }
  }
  return strokes
}
