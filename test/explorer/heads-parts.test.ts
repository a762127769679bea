import { describe, expect, it } from 'vitest'
import { figure, labelName, meaningOf } from '../../explorer/src/heads/strings.ts'
import {
  ANY,
  COLUMNS,
  columnsOf,
  earned,
  evenOf,
  isShare,
  labelled,
  linesOf,
  nextOrder,
  ordered,
  orderFrom,
  unmeasured,
} from '../../explorer/src/heads/table.ts'
import { fitsAddress, linesIn } from '../../explorer/src/heads/texts.ts'
import { wordAt } from '../../explorer/src/heads/words.ts'
import { type HeadsReport, heads, LABEL_RULES, type Repeated } from '../../src/lens/index.ts'
import { made } from '../lens/made.ts'

/** `[CLS] w1 … wn [SEP]`, all words different. */
const wordsOf = (n: number): string => ['[CLS]', ...Array.from({ length: n }, (_, at) => ` w${at}`), '[SEP]'].join('|')

/** Every token looks at the one before it, or evenly, or at the first. */
function matrix(n: number, kind: 'previous' | 'even' | 'sink'): number[][] {
  const target = (i: number): number => (kind === 'sink' ? 0 : Math.max(0, i - 1))
  const some = (i: number, j: number): number => (j === target(i) ? 0.9 : 0.1 / (n - 1))
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (kind === 'even' ? 1 / n : some(i, j))))
}

const reportOf = (words: number): Promise<HeadsReport> => {
  const n = words + 2
  return heads(
    made(wordsOf(words), [
      [matrix(n, 'even'), matrix(n, 'previous')],
      [matrix(n, 'sink'), matrix(n, 'previous')],
    ]),
  )
}

describe('the table of heads', () => {
  it('a label is counted, and shows the heads that earned it', async () => {
    const report = await reportOf(24)
    const lines = linesOf(report, false, undefined)
    expect(earned(lines, LABEL_RULES)).toEqual([
      { name: 'previous token', heads: 2 },
      { name: 'first token', heads: 1 },
      { name: 'even', heads: 1 },
    ])
    const where = (label: string | undefined): string[] => labelled(lines, label).map(({ layer, head }) => `${layer}.${head}`)
    expect(where('previous token')).toEqual(['0.1', '1.1'])
    expect(where(ANY)).toHaveLength(4)
    expect(where(undefined)).toHaveLength(4)
    expect(where('induction')).toEqual([])
  })

  it('labels whose measure had too few rows are named with the rows that there were', async () => {
    const short = unmeasured(await reportOf(12), LABEL_RULES)
    expect(short).toHaveLength(LABEL_RULES.length)
    expect(short.find(({ name }) => name === 'itself')).toEqual({ name: 'itself', rows: 12 })
    // the first word has a sink before it, and so no token before it that counts
    expect(short.find(({ name }) => name === 'previous token')).toEqual({ name: 'previous token', rows: 11 })
    const long = unmeasured(await reportOf(24), LABEL_RULES).map(({ name }) => name)
    expect(long).toEqual(['own word', 'same word', 'induction'])
  })

  it('sinks apart, figures are those beside sinks, and the first token has none', async () => {
    const report = await reportOf(24)
    const [line] = linesOf(report, true, undefined)
    expect(line!.figures.previous).toBe(report.heads[0]!.apart.previous)
    expect(line!.figures.left).toBe(report.heads[0]!.left)
    expect(columnsOf(report, true, undefined)).not.toContain('firstToken')
    expect(columnsOf(report, false, undefined)).toContain('firstToken')
  })

  it('induction on random tokens is a column once it was measured', async () => {
    const report = await reportOf(8)
    const random: Repeated = {
      ...({ length: 4, times: 2, passages: 1, seed: 0, rows: 4 } as const),
      heads: report.heads.map(({ layer, head }) => ({ layer, head, induction: (2 * layer + head) / 4, chance: 0.1 })),
    }
    expect(columnsOf(report, false, undefined)).not.toContain('repeated')
    expect(columnsOf(report, false, random)).toEqual(COLUMNS)
    expect(linesOf(report, false, random).map(({ figures }) => figures.repeated)).toEqual([0, 0.25, 0.5, 0.75])
  })

  it('layers for which even looks are the same share a line', async () => {
    const report = await reportOf(8)
    expect(evenOf(report.chance, false).map(({ layers }) => layers)).toEqual([[0, 1]])
    const other = { ...report.chance[1]!, all: { ...report.chance[1]!.all, self: 0.5 } }
    expect(evenOf([report.chance[0]!, other], false).map(({ layers }) => layers)).toEqual([[0], [1]])
  })
})

describe('the order of the table', () => {
  it('is in the address: the largest first, the smallest first, layer by layer', () => {
    expect(orderFrom(undefined)).toBeUndefined()
    expect(orderFrom('previous')).toEqual({ column: 'previous', up: false })
    expect(orderFrom('previous.up')).toEqual({ column: 'previous', up: true })
    for (const wrong of ['', 'head', '.up', 'previous.down', 'toString']) expect(orderFrom(wrong)).toBeUndefined()
    const first = nextOrder(undefined, 'self')
    const second = nextOrder(orderFrom(first), 'self')
    expect([first, second, nextOrder(orderFrom(second), 'self')]).toEqual(['self', 'self.up', undefined])
    expect(nextOrder(orderFrom('previous.up'), 'self')).toBe('self')
  })

  it('lines without the figure stand last both ways, like ones layer by layer', () => {
    const line = (head: number, self: number) => ({ layer: 0, head, labels: [], figures: { self } })
    const lines = [line(0, Number.NaN), line(1, 0.2), line(2, 0.7), line(3, 0.2), line(4, Number.NaN)]
    const order = (field: string | undefined): number[] => ordered(lines, orderFrom(field)).map(({ head }) => head)
    expect(order('self')).toEqual([2, 1, 3, 0, 4])
    expect(order('self.up')).toEqual([1, 3, 2, 0, 4])
    expect(order(undefined)).toEqual([0, 1, 2, 3, 4])
  })
})

describe('how figures are written', () => {
  it('shares as shares, lengths as lengths, and what was not measured as such', () => {
    const of = (column: (typeof COLUMNS)[number], value: number | undefined): string =>
      figure(isShare(column), value).replace('\u00a0', ' ')
    expect(of('previous', 0.4117)).toBe('41.2 %')
    expect(of('previous', 0.004)).toBe('<1 %')
    expect(of('distance', 3.8284)).toBe('3.83')
    expect(of('evenness', 0.93)).toBe('0.930')
    expect(of('induction', Number.NaN)).toBe('–')
    expect(of('repeated', undefined)).toBe('–')
  })

  it('a label earned by what is beside sinks has a star', () => {
    expect([labelName({ name: 'near', beyondSinks: true }), labelName({ name: 'near', beyondSinks: false })]).toEqual([
      'near*',
      'near',
    ])
  })

  it('every column has a meaning, with the bounds that were used', () => {
    const meanings = COLUMNS.map((column) => meaningOf(column, { near: 3, span: 0.8, kind: 'encoder' }))
    expect(new Set(meanings).size).toBe(COLUMNS.length)
    expect(meanings[COLUMNS.indexOf('locality')]).toContain('at most 3 away')
    expect(meanings[COLUMNS.indexOf('span')]).toContain('80.0')
  })
})

describe('more texts', () => {
  it('are one a line; empty lines are none', () => {
    expect(linesIn('one\n\n  two \r\n\t\nthree')).toEqual(['one', 'two', 'three'])
    expect(linesIn(' \n')).toEqual([])
  })

  it('are kept in the address while they are short there', () => {
    expect(fitsAddress('a'.repeat(1800))).toBe(true)
    expect(fitsAddress('a'.repeat(1801))).toBe(false)
    // in an address each of these takes six signs
    expect(fitsAddress('é'.repeat(301))).toBe(false)
  })
})

it('a token is of the word that spans it', () => {
  const words = [
    [0, 0],
    [1, 3],
    [4, 4],
  ] as const
  expect([0, 1, 2, 3, 4, 5].map((token) => wordAt(words, token))).toEqual([0, 1, 1, 1, 2, -1])
})
