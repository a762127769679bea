import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { savePicture } from '../../src/cli/picture/save.ts'
import { hex, hexOf, type Rgb } from '../../src/picture/colour.ts'
import {
  type BarTable,
  barTable,
  figure,
  type HeatMap,
  heatMap,
  type LinePlot,
  linePlot,
  type Picture,
  ticksOf,
  toPng,
  toSvg,
} from '../../src/picture/index.ts'
import { lettering, unwritable, widthIn } from '../../src/picture/letters.ts'
import { box, dot, line, text } from '../../src/picture/picture.ts'
import { colourAt, type Scale, shareOf, valueAt } from '../../src/picture/scale.ts'

const RED: Rgb = [255, 0, 0]
const INK: Rgb = [0, 0, 0]
const picture = (width: number, height: number, ...marks: Picture['marks']): Picture => ({
  width,
  height,
  marks,
  title: 'Höhe',
  description: 'of nothing',
})

interface Png {
  readonly width: number
  readonly height: number
  readonly chunks: readonly { readonly name: string; readonly body: Buffer }[]
  at(x: number, y: number): number[]
}

/** A reader of its own, by the standard: chunks with their checksums, one stream, the row filters none and up. */
function decode(bytes: Uint8Array): Png {
  const file = Buffer.from(bytes)
  expect([...file.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10])
  const chunks: { name: string; body: Buffer }[] = []
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at)
    const [name, body] = [file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length)]
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)))
    chunks.push({ name, body })
    at += 12 + length
  }
  const head = chunks[0]!.body
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
  expect([...head.subarray(8)]).toEqual([8, 2, 0, 0, 0])
  const raw = inflateSync(chunks.find(({ name }) => name === 'IDAT')!.body)
  const rows: number[][] = []
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (3 * width + 1)]!
    const own = [...raw.subarray(y * (3 * width + 1) + 1, (y + 1) * (3 * width + 1))]
    rows.push(filter === 0 ? own : own.map((value, n) => (value + (rows[y - 1]?.[n] ?? 0)) & 255))
    expect([0, 2]).toContain(filter)
  }
  return { width, height, chunks, at: (x, y) => rows[y]!.slice(3 * x, 3 * x + 3) }
}

describe('PNG', () => {
  test('a box covers its pixels and no others, at twice the size', async () => {
    const png = decode(await toPng(picture(4, 3, box(1, 1, 2, 1, RED))))
    expect([png.width, png.height]).toEqual([8, 6])
    for (let y = 0; y < 6; y++)
      for (let x = 0; x < 8; x++) {
        const inside = x >= 2 && x < 6 && y >= 2 && y < 4
        expect(png.at(x, y)).toEqual(inside ? [255, 0, 0] : [255, 255, 255])
      }
  })

  test('a box that covers a quarter of a pixel takes a quarter of it', async () => {
    const png = decode(await toPng(picture(2, 2, box(0.5, 0.5, 0.5, 0.5, INK)), 1))
    expect([png.at(0, 0), png.at(1, 1)]).toEqual([
      [191, 191, 191],
      [255, 255, 255],
    ])
  })

  test('a line is drawn along its points and a dash leaves gaps', async () => {
    const whole = decode(
      await toPng(
        picture(
          20,
          5,
          line(
            [
              [0, 2.5],
              [20, 2.5],
            ],
            INK,
            1,
          ),
        ),
        1,
      ),
    )
    expect(Array.from({ length: 20 }, (_, x) => whole.at(x, 2)[0])).toEqual(new Array(20).fill(0))
    expect(whole.at(10, 0)).toEqual([255, 255, 255])
    const dashed = decode(
      await toPng(
        picture(
          20,
          5,
          line(
            [
              [0, 2.5],
              [20, 2.5],
            ],
            INK,
            1,
            [4, 6],
          ),
        ),
        1,
      ),
    )
    expect([2, 7, 12, 17].map((x) => dashed.at(x, 2)[0])).toEqual([0, 255, 0, 255])
  })

  test('a dot is round: its middle is full and its corners are empty', async () => {
    const png = decode(await toPng(picture(10, 10, dot(5, 5, 4, RED)), 1))
    expect(png.at(5, 5)).toEqual([255, 0, 0])
    expect(png.at(1, 1)).toEqual([255, 255, 255])
  })

  test('letters leave ink where they stand and none elsewhere, also upwards', async () => {
    const ink = (png: Png) => {
      const dark: [number, number][] = []
      for (let y = 0; y < png.height; y++) for (let x = 0; x < png.width; x++) if (png.at(x, y)[0]! < 128) dark.push([x, y])
      return dark
    }
    const across = ink(decode(await toPng(picture(60, 60, text(5, 30, 'Hand', { colour: INK, size: 20 })), 1)))
    expect(across.length).toBeGreaterThan(60)
    expect(across.every(([x, y]) => x >= 5 && x <= 5 + widthIn('Hand', 20) && y >= 30 - 15 && y <= 31)).toBe(true)
    const up = ink(decode(await toPng(picture(60, 60, text(30, 55, 'Hand', { colour: INK, size: 20, upwards: true })), 1)))
    expect(up.every(([x, y]) => x >= 30 - 15 && x <= 31 && y <= 55 && y >= 55 - widthIn('Hand', 20))).toBe(true)
  })

  test('the file tells its title, what it shows and its density', async () => {
    const { chunks } = decode(await toPng(picture(1, 1)))
    expect(chunks.map(({ name }) => name)).toEqual(['IHDR', 'pHYs', 'iTXt', 'iTXt', 'IDAT', 'IEND'])
    expect(chunks[2]!.body.toString('utf8')).toBe('Title\0\0\0\0\0Höhe')
    // 192 pixels to the inch of 0.0254 m
    expect(chunks[1]!.body.readUInt32BE(0)).toBe(7559)
  })
})

describe('letters', () => {
  test('figures are all equally wide', async () => {
    expect(new Set([...'0123456789'].map((digit) => widthIn(digit, 10))).size).toBe(1)
  })

  test('an accent adds strokes and no width', async () => {
    expect(widthIn('é', 10)).toBe(widthIn('e', 10))
    expect(lettering('é', 10).strokes.length).toBe(lettering('e', 10).strokes.length + 1)
  })

  test('what the alphabet does not have is named', async () => {
    expect(unwritable('The “naïve” 50 % – ½ 東京 of x² → y…')).toEqual(['½', '東', '京'])
    const printable = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join('')
    expect(unwritable(printable)).toEqual([])
  })

  test('a text is as wide as its letters', async () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const joined = `${a}x${b}`
        expect(widthIn(joined, 10)).toBeCloseTo(widthIn(`${a}x`, 10) + widthIn(b.normalize('NFD').replace(/^\p{M}+/u, ''), 10), 6)
      }),
    )
  })
})

describe('scales', () => {
  const looked: Scale = { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: String }

  test('the root of a quarter is half way, the logarithm of ten is half way to a hundred', async () => {
    expect(shareOf(looked, 0.25)).toBe(0.5)
    expect(shareOf({ law: 'log', from: 1, to: 100 }, 10)).toBeCloseTo(0.5, 12)
    expect(shareOf({ law: 'linear', from: -1, to: 1 }, 0)).toBe(0.5)
  })

  test('a share and its value lead back to each other', async () => {
    const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })
    const laws = fc.constantFrom('linear' as const, 'sqrt' as const, 'log' as const)
    fc.assert(
      fc.property(laws, between(0.01, 1), between(2, 50), between(0, 1), (law, from, to, share) => {
        expect(shareOf({ law, from, to }, valueAt({ law, from, to }, share))).toBeCloseTo(share, 9)
      }),
    )
  })

  test('nothing is paper, everything is the full colour, and the sign has a colour of its own', async () => {
    expect([0, 1].map((value) => hexOf(colourAt(looked, value)))).toEqual(['#f4f2ec', '#2a2f9e'])
    const signed: Scale = { law: 'linear', from: -2, to: 2, ramp: 'signed', says: String }
    expect([-2, 0, 2].map((value) => hexOf(colourAt(signed, value)))).toEqual(['#0f7f86', '#f4f2ec', '#b8520b'])
  })

  test('ticks are round and lie within', async () => {
    expect(ticksOf({ law: 'linear', from: 0, to: 1 })).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(ticksOf({ law: 'linear', from: -3, to: 7 })).toEqual([-2, 0, 2, 4, 6])
    expect(ticksOf({ law: 'log', from: 1, to: 1e6 })).toEqual([1, 10, 100, 1000, 1e4, 1e5, 1e6])
    expect(ticksOf({ law: 'log', from: 100, to: 1000 })).toEqual([100, 200, 500, 1000])
    expect([0, -0.25, 1234.5, 2e6, 1e-5].map(figure)).toEqual(['0', '−0.25', '1235', '2×10⁶', '10⁻⁵'])
  })
})

const grid: HeatMap = {
  title: 'A grid',
  caption: ['Measured on one text of 3 tokens.'],
  rows: ['a', 'b'],
  columns: ['x', 'y', '<z>'],
  rowTitle: 'looks',
  columnTitle: 'is looked at',
  values: [0, 0.25, 1, Number.NaN, 0.5, 0.1],
  scale: { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: (value) => value.toFixed(2) },
  measure: 'weight',
}

describe('charts', () => {
  const squares = (shown: Picture, colour: string) =>
    shown.marks.filter((mark) => mark.kind === 'box' && hexOf(mark.fill) === colour).length
  const words = (shown: Picture) => shown.marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []))

  test('a heat map draws a cell for every value in its colour, and what was not computed as a hairline', async () => {
    const shown = heatMap(grid)
    for (const value of [0, 0.25, 1, 0.5, 0.1]) expect(squares(shown, hexOf(colourAt(grid.scale, value)))).toBeGreaterThan(0)
    expect(words(shown)).toContain('weight; colour by the root; a hairline: not computed')
    expect(words(shown)).toContain('Measured on one text of 3 tokens.')
    for (const label of ['a', 'b', 'x', 'y', '<z>', 'looks', 'is looked at']) expect(words(shown)).toContain(label)
  })

  test('figures stand in the cells where they fit, and are left out where they do not', async () => {
    const figure = (value: number) => value.toFixed(2)
    // one in the cell, one in the middle of the legend
    expect(words(heatMap({ ...grid, figure })).filter((word) => word === '0.25')).toHaveLength(2)
    const many = Array.from({ length: 200 }, (_, n) => String(n))
    const wide = heatMap({ ...grid, rows: ['a'], columns: many, values: many.map(() => 0.25), figure })
    expect(words(wide).filter((word) => word === '0.25')).toHaveLength(1)
    expect(words(wide).filter((word) => /^\d+$/.test(word)).length).toBeLessThan(100)
  })

  test('a bar is as long as its value beside the full one; below nothing it is hollow', async () => {
    const table: BarTable = {
      title: 'Bars',
      caption: ['On nothing.'],
      rowTitle: 'token',
      columns: [{ title: 'looked', colour: 'looked', full: 1 }],
      rows: [0.5, 1, -0.5].map((value) => ({ label: String(value), cells: [{ value, says: String(value), against: 0.25 }] })),
    }
    const bars = barTable(table).marks.flatMap((mark) =>
      mark.kind === 'box' && hexOf(mark.fill) === '#2f35b0' ? [mark.width] : [],
    )
    expect(bars).toEqual([expect.closeTo(bars[1]! / 2, 9), bars[1]])
    expect(barTable(table).marks.filter((mark) => mark.kind === 'line' && mark.points.length === 5)).toHaveLength(1)
  })

  test('a line runs through its points on both axes and breaks where there is no number', async () => {
    const plot: LinePlot = {
      title: 'Lines',
      caption: ['On nothing.'],
      x: { title: 'n', law: 'log', from: 1, to: 100 },
      y: { title: 's', from: 0, to: 1 },
      series: [
        {
          name: 'one',
          points: [
            [1, 0],
            [10, 0.5],
            [100, 1],
          ],
          colour: RED,
        },
        {
          name: 'two',
          points: [
            [1, 1],
            [10, Number.NaN],
            [100, 1],
          ],
          draw: 'both',
          colour: hex('#123456'),
          labels: ['here'],
        },
      ],
    }
    const shown = linePlot(plot)
    const own = shown.marks.flatMap((mark) => (mark.kind === 'line' && hexOf(mark.colour) === '#ff0000' ? [mark.points] : []))
    const [[a, b, c]] = own as unknown as [[[number, number], [number, number], [number, number]]]
    expect([b[0] - a[0], b[1] - a[1]]).toEqual([c[0] - b[0], c[1] - b[1]].map((step) => expect.closeTo(step, 6)))
    expect(shown.marks.filter((mark) => mark.kind === 'dot')).toHaveLength(2)
    expect(shown.marks.filter((mark) => mark.kind === 'line' && hexOf(mark.colour) === '#123456')).toHaveLength(1)
    expect(words(shown)).toEqual(expect.arrayContaining(['one', 'two', 'here', '1', '10', '100', 'n', 's']))
  })

  test('everything lies within the picture', async () => {
    const long = 'a rather long label that does not end where one would like it to end at all'
    for (const shown of [heatMap({ ...grid, rows: [long, 'b'], columns: [long, 'y', 'z'], title: long + long })])
      for (const mark of shown.marks) {
        const [xs, ys] = mark.kind === 'line' ? [mark.points.map(([x]) => x), mark.points.map(([, y]) => y)] : [[mark.x], [mark.y]]
        expect(Math.min(...xs)).toBeGreaterThanOrEqual(0)
        expect(Math.max(...xs)).toBeLessThanOrEqual(shown.width)
        expect(Math.max(...ys)).toBeLessThanOrEqual(shown.height)
      }
  })
})

describe('SVG', () => {
  test('text is text, with what means something to XML written otherwise', async () => {
    const svg = toSvg(heatMap({ ...grid, title: 'A & B <c> "d" \u0007' }))
    expect(svg).toContain('<title id="title">A &amp; B &lt;c&gt; &quot;d&quot; </title>')
    expect(svg).toContain('>&lt;z&gt;</text>')
    expect(svg).not.toContain('\u0007')
  })

  test('whatever the labels are, tags are balanced and no control character is left', async () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (label) => {
        const svg = toSvg(heatMap({ ...grid, rows: [label, 'b'] }))
        expect(svg.isWellFormed()).toBe(true)
        expect(svg.replace(/\n/g, '')).not.toMatch(/\p{Cc}/u)
        expect(svg.match(/<text /g)!.length).toBe(svg.match(/<\/text>/g)!.length)
        expect(svg.replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
      }),
      { numRuns: 40 },
    )
  })
})

describe('saving', () => {
  test('both files are written when both are wanted, and what PNG cannot letter is said', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'regard-picture-'))
    const [svg, png] = [join(folder, 'a.svg'), join(folder, 'a.png')]
    const told = await savePicture({ svg, png }, () => heatMap({ ...grid, rows: ['東', 'b'] }))
    expect(told).toEqual([
      `wrote ${svg}`,
      `wrote ${png} (東 drawn as empty boxes: PNG lettering knows Latin letters alone; --svg has them all)`,
    ])
    expect(await readFile(svg, 'utf8')).toBe(toSvg(heatMap({ ...grid, rows: ['東', 'b'] })))
    expect(decode(await readFile(png)).width).toBeGreaterThan(100)
  })

  test('nothing is drawn that nobody wants', async () => {
    expect(
      await savePicture({}, () => {
        throw new Error('drawn')
      }),
    ).toEqual([])
  })

  test('a folder that is not there is one line that names the option', async () => {
    await expect(savePicture({ svg: join(tmpdir(), 'no-such-folder-here', 'a.svg') }, () => heatMap(grid))).rejects.toThrow(
      /^--svg: cannot write ".*a\.svg": ENOENT: no such file or directory$/,
    )
  })
})
