import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planeMap } from '../../../src/lens/index.ts'
import { symmetricEigen } from '../../../src/lens/meaning/eigen.ts'

const vectors = (rows: readonly (readonly number[])[]) => rows.map((row) => Float64Array.from(row))

describe('eigenvectors', () => {
  test('of [[2, 1], [1, 2]] are (1, 1) with 3 and (1, −1) with 1', () => {
    const { values, vectors: axes } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2)
    expect(values[0]).toBeCloseTo(3, 12)
    expect(values[1]).toBeCloseTo(1, 12)
    expect(Math.abs(axes[0]![0]! * Math.SQRT1_2 + axes[0]![1]! * Math.SQRT1_2)).toBeCloseTo(1, 12)
  })

  test('put together they are the matrix again, and stand at right angles', () => {
    const entries = fc.integer({ min: 1, max: 9 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        list: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: n * n, maxLength: n * n }),
      }),
    )
    fc.assert(
      fc.property(entries, ({ n, list }) => {
        const matrix = Float64Array.from(list, (_, at) => (list[at]! + list[(at % n) * n + Math.floor(at / n)]!) / 2)
        const { values, vectors: axes } = symmetricEigen(matrix, n)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            expect(values.reduce((sum, value, k) => sum + value * axes[k]![i]! * axes[k]![j]!, 0)).toBeCloseTo(
              matrix[i * n + j]!,
              9,
            )
            expect(axes[i]!.reduce((sum, x, at) => sum + x * axes[j]![at]!, 0)).toBeCloseTo(i === j ? 1 : 0, 9)
          }
      }),
    )
  })
})

describe('a map', () => {
  test('of points on a line is the line, and says that the second axis shows nothing', () => {
    // (0, 0), (3, 4), (6, 8): 5 apart along one direction. The largest coordinate is positive; of −5 and 5 the first.
    const { points, explained } = planeMap(
      vectors([
        [0, 0],
        [3, 4],
        [6, 8],
      ]),
    )
    expect(points.map(([x]) => x)).toEqual([5, 0, -5].map((x) => expect.closeTo(x, 9)))
    expect(points.map(([, y]) => y)).toEqual([0, 0, 0].map((y) => expect.closeTo(y, 6)))
    expect(explained[0]).toBeCloseTo(1, 12)
    expect(explained[1]).toBeCloseTo(0, 12)
  })

  test('of points in a plane keeps every distance, however the plane lies', () => {
    const corners = fc.array(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })), {
      minLength: 3,
      maxLength: 7,
    })
    fc.assert(
      fc.property(corners, (list) => {
        // The plane spanned by (1, 2, 2)/3 and (2, 1, −2)/3, moved by (7, 7, 7).
        const { points } = planeMap(
          vectors(list.map(([a, b]) => [7 + (a + 2 * b) / 3, 7 + (2 * a + b) / 3, 7 + (2 * a - 2 * b) / 3])),
        )
        for (const [i, p] of list.entries())
          for (const [j, q] of list.entries())
            expect(Math.hypot(points[i]![0] - points[j]![0], points[i]![1] - points[j]![1])).toBeCloseTo(
              Math.hypot(p[0] - q[0], p[1] - q[1]),
              5,
            )
      }),
    )
  })

  test('does not change when all vectors are turned the other way round twice, or are all the same', () => {
    const list = [
      [1, 0, 2],
      [0, 3, 1],
      [2, 2, 2],
      [5, 1, 0],
    ]
    expect(planeMap(vectors(list))).toEqual(planeMap(vectors(list)))
    expect(
      planeMap(
        vectors([
          [1, 1],
          [1, 1],
        ]),
      ),
    ).toEqual({
      points: [
        [0, 0],
        [0, 0],
      ],
      explained: [0, 0],
    })
    expect(planeMap([])).toEqual({ points: [], explained: [0, 0] })
    expect(planeMap(vectors([[4, 4]])).points).toEqual([[0, 0]])
  })
})
