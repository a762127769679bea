import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearest256 } from '../../src/cli/terminal/colour.ts'
import { bytes, duration, percent, short, whole } from '../../src/cli/terminal/figures.ts'
import { screenOf } from '../../src/cli/terminal/screen.ts'
import { fit, harmless, padStart, together, widthOf, wrap } from '../../src/cli/terminal/width.ts'
import { inkOn, weightColour } from '../../src/picture/index.ts'

describe('figures', () => {
  test('what is below one per cent is not nothing, and nothing is not below one per cent', () => {
    expect([0, 1e-9, 0.0099, 0.01, 0.6768, 0.99949, 0.9996, 1].map(percent)).toEqual([
      '0 %',
      '<1 %',
      '<1 %',
      '1.0 %',
      '67.7 %',
      '99.9 %',
      '>99.9 %',
      '100.0 %',
    ])
  })

  test('milliseconds, bytes and counts have as many digits as mean something', () => {
    expect([0.2, 4.44, 31.4, 12_345].map(duration)).toEqual(['<1 ms', '4.4 ms', '31 ms', '12.3 s'])
    expect([0, 612, 466_247, 90_868_376].map(bytes)).toEqual(['0 B', '612 B', '466.2 kB', '90.9 MB'])
    expect([7, 999, 1000, 22_713_216].map((n) => whole(n).replaceAll('\u00a0', ' '))).toEqual(['7', '999', '1 000', '22 713 216'])
  })

  test('the short form of a float32 gives it back', () => {
    fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => Math.fround(short(x)) === x))
  })
})

describe('the screen', () => {
  const tty = { isTTY: true, columns: 100, rows: 30 }

  test('a pipe has 80 columns, no height and no colours', () => {
    expect(screenOf({}, { TERM: 'xterm-256color', COLORTERM: 'truecolor' })).toEqual({
      columns: 80,
      rows: undefined,
      depth: 0,
      dark: undefined,
    })
    expect(screenOf({}, { COLUMNS: '44' }).columns).toBe(44)
  })

  test('a terminal has what it says it has', () => {
    expect(screenOf(tty, { TERM: 'xterm', COLORTERM: 'truecolor' })).toMatchObject({ columns: 100, rows: 30, depth: 24 })
    expect(screenOf(tty, { TERM: 'xterm-256color' }).depth).toBe(8)
    expect(screenOf(tty, { TERM: 'xterm' }).depth).toBe(4)
    expect(screenOf(tty, { TERM: 'dumb' }).depth).toBe(0)
  })

  test('NO_COLOR takes colours away and FORCE_COLOR brings them, the second winning', () => {
    const rich = { TERM: 'xterm-256color', COLORTERM: 'truecolor' }
    expect(screenOf(tty, { ...rich, NO_COLOR: '1' }).depth).toBe(0)
    expect(screenOf(tty, { ...rich, NO_COLOR: '' }).depth).toBe(24)
    expect([0, 1, 2, 3].map((level) => screenOf({}, { ...rich, NO_COLOR: '1', FORCE_COLOR: String(level) }).depth)).toEqual([
      0, 4, 8, 24,
    ])
    expect(screenOf({}, { TERM: 'dumb', FORCE_COLOR: '' }).depth).toBe(4)
  })

  test('COLORFGBG tells a dark background from a light one', () => {
    expect(['15;0', '0;15', '0;default;7', '12;8', '', 'x'].map((said) => screenOf(tty, { COLORFGBG: said }).dark)).toEqual([
      true,
      false,
      false,
      true,
      undefined,
      undefined,
    ])
  })
})

describe('colours', () => {
  test('a weight of 0 and of 1 are the ends of the scale, on paper and in the dark', () => {
    expect([weightColour(0, false), weightColour(1, false)]).toEqual([
      [0xf4, 0xf2, 0xec],
      [0x2a, 0x2f, 0x9e],
    ])
    expect([weightColour(0, true), weightColour(1, true)]).toEqual([
      [0x1d, 0x1e, 0x24],
      [0xae, 0xb4, 0xff],
    ])
  })

  test('a larger weight is never lighter on paper nor darker in the dark', () => {
    const luminance = ([r, g, b]: readonly [number, number, number]) => 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2
    const steps = Array.from({ length: 100 }, (_, n) => n / 99)
    for (const [at, weight] of steps.entries()) {
      if (at === 0) continue
      expect(luminance(weightColour(weight, true))).toBeGreaterThanOrEqual(luminance(weightColour(steps[at - 1]!, true)) - 1)
      expect(luminance(weightColour(weight, false))).toBeLessThanOrEqual(luminance(weightColour(steps[at - 1]!, false)) + 1)
    }
  })

  test('text on a weight is black or white, whichever stands out more', () => {
    expect(inkOn([255, 255, 255])).toEqual([0, 0, 0])
    expect(inkOn([0, 0, 0])).toEqual([255, 255, 255])
    expect(inkOn(weightColour(1, false))).toEqual([255, 255, 255])
    expect(inkOn(weightColour(1, true))).toEqual([0, 0, 0])
  })

  test('the 256 colours hold the cube and the greys', () => {
    expect(
      [
        [0, 0, 0],
        [255, 255, 255],
        [255, 0, 0],
        [8, 8, 8],
        [238, 238, 238],
      ].map((c) => nearest256(c as [number, number, number])),
    ).toEqual([16, 231, 196, 232, 255])
  })
})

describe('the width of text', () => {
  test('a wide character and an emoji take two columns, a combining mark none', () => {
    expect(['abc', '東京', 'e\u0301', '👩‍👩‍👧', '🇩🇪', '❤️', '…'].map(widthOf)).toEqual([3, 4, 1, 2, 2, 2, 1])
  })

  test('cutting never splits a character and never exceeds the width', () => {
    expect(fit('東京都', 4)).toBe('東…')
    expect(fit('naïve', 3)).toBe('na…')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, n) => widthOf(fit(text, n)) <= n),
    )
  })

  test('padding counts columns', () => {
    expect(padStart('東', 4)).toBe('  東')
  })

  test('text cannot steer the terminal', () => {
    expect(harmless('a\u001b[2Jb\u202ec\td\u0007\u009b')).toBe('a[2Jbc d')
  })

  test('wrapping keeps to the width, loses no word and holds together what belongs together', () => {
    const words = fc.array(fc.stringMatching(/^[a-z東京é]{1,12}$/), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 60 }), (list, columns) => {
        const lines = wrap([{ text: list.join(' ') }], columns)
        expect(lines.every((line) => widthOf(line) <= columns)).toBe(true)
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''))
      }),
    )
    expect(wrap([{ text: `gives it ${together('67.7 %')} today` }], 14)).toEqual(['gives it', '67.7 % today'])
  })

  test('painted parts wrap by what is seen, and a mark stays with its word', () => {
    const red = (text: string) => `<${text}>`
    expect(wrap([{ text: 'look at ' }, { text: 'animal', paint: red }, { text: ', most' }], 14, '  ')).toEqual([
      'look at',
      '  <animal>, most',
    ])
  })
})
