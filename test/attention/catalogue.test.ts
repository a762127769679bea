/** Named masks as pictures. */

import { describe, expect, it } from 'vitest'
import { masks } from '../../src/index.ts'

/** The picture without its title. */
const rows = (mask: { describe(L: number, S?: number, o?: object): string }, L: number, S?: number, options?: object): string[] =>
  mask.describe(L, S, options).split('\n').slice(1)

describe('masks draw themselves', () => {
  it('causal, with the share of links', () => {
    expect(masks.causal().describe(4)).toBe(
      ['causal(), 4 queries × 4 keys: 10 of 16 links (63 %)', '█···', '██··', '███·', '████'].join('\n'),
    )
  })

  it('with an offset, as the last queries of a longer text', () => {
    expect(rows(masks.causal(), 2, 5, { offset: 3 })).toEqual(['████·', '█████'])
  })

  it('window, prefix, dilated, chunks', () => {
    expect(rows(masks.window(1, 2), 5)).toEqual(['███··', '████·', '·████', '··███', '···██'])
    expect(rows(masks.or(masks.prefix(2), masks.causal()), 4)).toEqual(['██··', '██··', '███·', '████'])
    expect(rows(masks.dilated(2), 4)).toEqual(['█·█·', '·█·█', '█·█·', '·█·█'])
    expect(rows(masks.and(masks.chunks(2), masks.causal()), 4)).toEqual(['█···', '██··', '··█·', '··██'])
  })

  it('documents and global tokens', () => {
    expect(rows(masks.documents([7, 7, 3, 7]), 4)).toEqual(['██·█', '██·█', '··█·', '██·█'])
    expect(rows(masks.globalTokens([1]), 3)).toEqual(['·█·', '███', '·█·'])
  })

  it('not and or', () => {
    expect(rows(masks.not(masks.causal()), 3)).toEqual(['·██', '··█', '···'])
    expect(rows(masks.or(masks.not(masks.window(1, 1)), masks.globalTokens([0])), 4)).toEqual(['████', '█··█', '█···', '██··'])
  })

  it('Longformer, with every second key of its window', () => {
    expect(rows(masks.longformer({ window: 1, global: [0] }), 5)).toEqual(['█████', '███··', '████·', '█·███', '█··██'])
    expect(rows(masks.longformer({ window: 1, dilation: 2 }), 5)).toEqual(['█·█··', '·█·█·', '█·█·█', '·█·█·', '··█·█'])
  })

  it('BigBird: the ends, a window and random blocks that the seed decides', () => {
    const make = (seed: number): string[] => rows(masks.bigBird({ length: 10, block: 1, random: 1, seed }), 10)
    expect(make(1)).toEqual(make(1))
    expect(make(1)).not.toEqual(make(2))
    for (const [row, line] of make(1).entries()) {
      expect([line[0], line[9], line[row]]).toEqual(['█', '█', '█'])
      const n = [...line].filter((mark) => mark === '█').length
      expect(n).toBe(row === 0 || row === 9 ? 10 : row === 1 || row === 8 ? 5 : 6)
    }
  })

  it('blocks, per head if told', () => {
    expect(
      rows(
        masks.blockSparse(
          [
            [true, false],
            [false, true],
          ],
          2,
        ),
        4,
      ),
    ).toEqual(['██··', '██··', '··██', '··██'])
    const perHead = masks.blockSparse([[[true]], [[false]]], 2)
    expect([rows(perHead, 1, 2, { head: 0 }), rows(perHead, 1, 2, { head: 1 })]).toEqual([['██'], ['··']])
  })

  it('a graph, from edges or a matrix', () => {
    const edges = masks.graph({
      nodes: 3,
      edges: [
        [0, 1],
        [2, 0],
      ],
    })
    expect(rows(edges, 3)).toEqual(['·█·', '···', '█··'])
    expect(
      rows(
        masks.graph([
          [0, 1, 0],
          [0, 0, 0],
          [1, 0, 0],
        ]),
        3,
      ),
    ).toEqual(rows(edges, 3))
  })

  it('a tree of drafts: the prefix, the ancestors and itself', () => {
    // 0 and 1 follow the prefix; 2 follows 0; 3 follows 2; 4 follows 1
    expect(rows(masks.tree([-1, -1, 0, 2, 1], 2), 7)).toEqual([
      '█······',
      '██·····',
      '███····',
      '██·█···',
      '███·█··',
      '███·██·',
      '██·█··█',
    ])
  })

  it('a long one block by block, counting every link', () => {
    const text = masks.and(masks.causal(), masks.window(99, 0)).describe(1000)
    const [title, ...lines] = text.split('\n')
    expect(title).toBe(
      'and(causal(), window(99, 0)), 1000 queries × 1000 keys: 95050 of 1000000 links (9.5 %); blocks of 16: 300 full █, 176 partial ▒, 3493 skipped ·',
    )
    expect(lines).toHaveLength(63)
    expect(lines[20]).toBe(`${'·'.repeat(13)}▒▒${'█'.repeat(5)}▒${'·'.repeat(42)}`)
  })

  it('says its formula', () => {
    expect(`${masks.and(masks.causal(), masks.dilated(2))}`).toBe('and(causal(), dilated(2)): j.le(i).and(i.sub(j).mod(2).eq(0))')
  })
})

it('a mask of a hundred thousand positions is counted without visiting its cells', () => {
  const n = 100_000
  const [title] = masks.and(masks.causal(), masks.window(999, 0)).describe(n).split('\n')
  // 1000 keys per row, less in the first 999 rows: 1000·n − 999·1000/2
  expect(title).toContain(`: ${1000 * n - 499_500} of ${n * n} links (1.0 %)`)
})
