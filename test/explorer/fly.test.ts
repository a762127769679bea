import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { between, ease, eyeOf, Frame, fit, orbit, type Pose, pan, zoom } from '../../explorer/src/fly/camera.ts'
import { Flight } from '../../explorer/src/fly/flight.ts'
import { thin } from '../../explorer/src/fly/labels.ts'
import { curve, depthOf, type Link, layout, MEAN, outline, PLATE, pointAt } from '../../explorer/src/fly/layout.ts'
import { Links } from '../../explorer/src/fly/links.ts'
import { Pace } from '../../explorer/src/fly/pace.ts'
import { firstThreshold, partAround, sinksOf, standingOf } from '../../explorer/src/fly/parts.ts'
import { linkUnder, plateUnder } from '../../explorer/src/fly/pick.ts'
import { componentAt, gridOf, placeOf } from '../../explorer/src/fly/plates.ts'
import { Ribbons } from '../../explorer/src/fly/ribbons.ts'
import type { Scene, View } from '../../explorer/src/fly/scene.ts'
import { CORNERS, PIECES } from '../../explorer/src/fly/shaders.ts'

const plain = (n: number) => Array.from({ length: n }, () => ({ joined: false, apart: false }))
const close = (a: readonly number[], b: readonly number[], digits = 5): void => {
  for (const [k, each] of a.entries()) expect(each).toBeCloseTo(b[k]!, digits)
}

describe('the space', () => {
  it('tokens stand one apart about the middle; a subword nearer, what is apart farther', () => {
    close([...layout(plain(3), 2, 2).x], [-1, 0, 1])
    const standing = [
      { joined: false, apart: true },
      { joined: false, apart: false },
      { joined: true, apart: false },
    ]
    // Steps of 1 + 1.6 and 0.84; half of their sum is 1.72.
    close([...layout(standing, 2, 2).x], [-1.72, 0.88, 1.72])
  })

  it('levels stand so far apart that the whole has the shape of the picture, within reason', () => {
    // 33 steps wide; 33 / 1.7 / 12 layers = 1.6176…
    expect(layout(plain(34), 12, 1).rise).toBeCloseTo(1.6176, 4)
    expect(layout(plain(2), 12, 1).rise).toBe(1.3)
    expect(layout(plain(64), 3, 1).rise).toBe(6)
    // 33 / 0.66 / 12
    expect(layout(plain(34), 12, 1, 0.66).rise).toBeCloseTo(4.1667, 4)
  })

  it('a link leads from the plate of the token looked at up to the plate of the token that looks', () => {
    const space = layout(plain(4), 3, 5)
    const points = curve(space, { layer: 1, head: 0, token: 3, column: 0 })
    close(pointAt(points, 0), [-1.5, space.rise + PLATE.height / 2, 0])
    close(pointAt(points, 1), [1.5, 2 * space.rise - PLATE.height / 2, 0])
    // Half way: the middle of both, and 3/4 of the head's depth, which is half of (5 − 1) × 0.5.
    close(pointAt(points, 0.5), [0, 1.5 * space.rise, 0.75])
  })

  it('the first head is in front, the last behind; a mean has no depth', () => {
    const space = layout(plain(2), 1, 3)
    close([depthOf(space, 0), depthOf(space, 1), depthOf(space, 2), depthOf(space, MEAN)], [0.5, 0, -0.5, 0])
    expect(depthOf(layout(plain(2), 1, 1), 0)).toBe(0)
  })

  it('every point of every link lies within the outline', () => {
    const space = layout(plain(6), 4, 12)
    const points = outline(space)
    const [low, high] = [Math.min, Math.max].map((end) => [0, 1, 2].map((k) => end(...points.map((at) => at[k]!))))
    const link = fc.record({
      layer: fc.nat(3),
      head: fc.oneof(fc.nat(11), fc.constant(MEAN)),
      token: fc.nat(5),
      column: fc.nat(5),
    })
    fc.assert(
      fc.property(link, fc.double({ min: 0, max: 1, noNaN: true }), (each, t) => {
        for (const [k, at] of pointAt(curve(space, each), t).entries()) {
          expect(at).toBeGreaterThanOrEqual(low![k]! - 1e-5)
          expect(at).toBeLessThanOrEqual(high![k]! + 1e-5)
        }
      }),
    )
  })
})

describe('links', () => {
  // One layer, two heads and their mean, two tokens; the second head is causal.
  const weights = Float32Array.from([0.75, 0.25, 0.5, 0.5, 1, 0, 0.125, 0.875, 0.875, 0.125, 0.3125, 0.6875])
  const links = new Links(weights, { layers: 1, heads: 2, tokens: 2 })
  const all = { layer: 'all', head: 'all', threshold: 0, most: 100 } as const

  it('are chosen strongest first; what a mask forbids is no link', () => {
    const { places, above, all: count } = links.choose(all)
    expect([...places].map((place) => links.weight(place))).toEqual([1, 0.875, 0.75, 0.5, 0.5, 0.25, 0.125])
    expect([above, count]).toEqual([7, 7])
    expect(links.linkAt(places[1]!)).toEqual({ layer: 0, head: 1, token: 1, column: 1 })
  })

  it('below the threshold, beyond the most, and of what is left out, none is chosen; the counts say how many there are', () => {
    const chosen = links.choose({ ...all, threshold: 0.5, most: 3 })
    expect([...chosen.places].map((place) => links.weight(place))).toEqual([1, 0.875, 0.75])
    expect([chosen.above, chosen.all]).toEqual([5, 7])
    const apart = links.choose({ ...all, without: new Set([0]) })
    expect([...apart.places].map((place) => links.linkAt(place).column)).toEqual([1, 1, 1])
    expect(apart.all).toBe(3)
  })

  it('of one head, or of the means, are those alone', () => {
    expect([...links.choose({ ...all, head: 0 }).places].map((place) => links.weight(place))).toEqual([0.75, 0.5, 0.5, 0.25])
    const means = links.choose({ ...all, head: 'mean' })
    expect([...means.places].map((place) => links.weight(place))).toEqual([0.875, 0.6875, 0.3125, 0.125])
    expect(links.linkAt(means.places[0]!)).toEqual({ layer: 0, head: MEAN, token: 0, column: 0 })
  })

  it('have the order of their weights, and a place each, for any run', () => {
    const shape = fc.record({
      layers: fc.integer({ min: 1, max: 3 }),
      heads: fc.integer({ min: 1, max: 3 }),
      tokens: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.float({ min: 0, max: 1, noNaN: true })), (of, numbers) => {
        const size = of.layers * (of.heads + 1) * of.tokens ** 2
        const made = Float32Array.from({ length: size }, () => Math.abs(numbers.next().value!))
        const some = new Links(made, of)
        const { places } = some.choose({ ...all, most: size })
        const drawn = [...places]
        expect(drawn.map((place) => some.weight(place))).toEqual(drawn.map((place) => made[place]!).sort((a, b) => b - a))
        expect(new Set(drawn).size).toBe(drawn.length)
        for (const place of drawn) expect(some.placeOf(some.linkAt(place))).toBe(place)
      }),
    )
  })
})

describe('the camera', () => {
  const pose: Pose = { target: [1, 2, 3], azimuth: 0.4, elevation: 0.3, distance: 8 }
  const anyPose = fc.record({
    target: fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })),
    azimuth: fc.double({ min: -4, max: 4, noNaN: true }),
    elevation: fc.double({ min: -1.4, max: 1.4, noNaN: true }),
    distance: fc.double({ min: 1, max: 50, noNaN: true }),
  })

  it('from the front x is to the right, y up, and the eye is in front', () => {
    const front: Pose = { target: [0, 0, 0], azimuth: 0, elevation: 0, distance: 10 }
    close(eyeOf(front), [0, 0, 10])
    const frame = new Frame(front, 800, 600)
    expect(frame.project(0, 0, 0)).toEqual({ x: 400, y: 300, far: 10 })
    expect(frame.project(1, 0, 0).x).toBeGreaterThan(400)
    expect(frame.project(0, 1, 0).y).toBeLessThan(300)
    expect(frame.project(0, 0, 11).far).toBeLessThan(0)
  })

  it('a ray through the pixel of a point meets the point', () => {
    fc.assert(
      fc.property(anyPose, fc.tuple(fc.integer(), fc.integer(), fc.integer()), (from, [a, b, c]) => {
        const frame = new Frame(from, 800, 600)
        const point = [from.target[0] + (a % 7) / 10, from.target[1] + (b % 7) / 10, from.target[2] + (c % 7) / 10] as const
        const seen = frame.project(...point)
        fc.pre(seen.far > 0.1)
        const ray = frame.ray(seen.x, seen.y)
        close(
          ray.map((each, k) => frame.eye[k]! + seen.far * each),
          point,
        )
      }),
    )
  })

  it('a turn keeps the target in the middle and never goes over the top', () => {
    const turned = orbit(pose, 1, 9)
    const frame = new Frame(turned, 800, 600)
    const { x, y } = frame.project(...turned.target)
    close([x, y], [400, 300])
    expect(turned.elevation).toBeLessThan(Math.PI / 2)
  })

  it('a pan by a share of the height moves what is at the target by that share', () => {
    const { x, y } = new Frame(pan(pose, 0.25, -0.5), 800, 600).project(...pose.target)
    close([x, y], [400 - 0.25 * 600, 300 - 0.5 * 600], 4)
  })

  it('coming nearer keeps in place what is under the pointer', () => {
    const before = new Frame(pose, 800, 600)
    // A point in the plane of the target, at 0.3 of the height to the right and 0.2 up.
    const ray = before.ray(400 + 0.3 * 600, 300 - 0.2 * 600)
    const point = ray.map((each, k) => before.eye[k]! + pose.distance * each) as [number, number, number]
    const { x, y } = new Frame(zoom(pose, 1.7, 0.3, 0.2), 800, 600).project(...point)
    close([x, y], [400 + 0.3 * 600, 300 - 0.2 * 600], 3)
    expect(zoom(pose, 1e9).distance).toBeGreaterThan(0)
  })

  it('the whole run fills the picture but for its margins, from anywhere', () => {
    const points = outline(layout(plain(30), 12, 12))
    const angle = fc.double({ min: -3, max: 3, noNaN: true })
    const steep = fc.double({ min: -1.4, max: 1.4, noNaN: true })
    const shape = fc.double({ min: 0.5, max: 2.5, noNaN: true })
    fc.assert(
      fc.property(angle, steep, shape, (azimuth, elevation, aspect) => {
        const frame = new Frame(fit(points, aspect, azimuth, elevation), aspect, 1)
        const seen = points.map((at) => frame.project(...at))
        const [across, down] = [seen.map(({ x }) => x / aspect), seen.map(({ y }) => y)]
        for (const share of [...across, ...down]) {
          expect(share).toBeGreaterThan(0.06)
          expect(share).toBeLessThan(0.94)
        }
        const filled = Math.max(Math.max(...across) - Math.min(...across), Math.max(...down) - Math.min(...down))
        expect(filled).toBeGreaterThan(0.8)
        for (const { far } of seen) expect(far).toBeGreaterThan(0)
      }),
    )
  })

  it('a flight begins where it begins, ends where it ends, and turns the shorter way', () => {
    const to: Pose = { ...pose, azimuth: 0.4 + 2 * Math.PI - 0.2, distance: 2 }
    expect(between(pose, to, 0)).toEqual(pose)
    expect(between(pose, to, 1).azimuth).toBeCloseTo(0.2)
    expect(between(pose, to, 0.5).distance).toBeCloseTo(4)
    expect([ease(0), ease(1), ease(7)]).toEqual([0, 1, 1])
  })
})

describe('the pointer', () => {
  const space = layout(plain(5), 3, 4)
  const pose = fit(outline(space), 1.6, 0.5, 0.25)
  const frame = new Frame(pose, 960, 600)
  const every: Link[] = []
  for (let layer = 0; layer < 3; layer++)
    for (const head of [0, 1, 2, 3, MEAN])
      for (let token = 0; token < 5; token++) for (let column = 0; column < 5; column++) every.push({ layer, head, token, column })
  const candidates = { count: every.length, link: (n: number) => every[n]! }

  it('finds the one link that passes there', () => {
    for (const link of every) {
      const { x, y } = frame.project(...pointAt(curve(space, link), 0.45))
      const one = { count: 1, link: () => link }
      expect(linkUnder(frame, space, one, x + 2, y)).toBe(0)
      expect(linkUnder(frame, space, one, x + 400, y)).toBeUndefined()
    }
  })

  it('finds among all links one that is as near as any', () => {
    const distance = (link: Link, x: number, y: number): number => {
      let least = Number.POSITIVE_INFINITY
      for (let n = 0; n <= 80; n++) {
        const at = frame.project(...pointAt(curve(space, link), n / 80))
        least = Math.min(least, Math.hypot(at.x - x, at.y - y))
      }
      return least
    }
    for (const n of [3, 140, 301]) {
      const near = frame.project(...pointAt(curve(space, every[n]!), 0.4))
      const [x, y] = [near.x + 9, near.y - 7]
      const found = linkUnder(frame, space, candidates, x, y, 40)!
      const nearest = every.reduce((least, link) => Math.min(least, distance(link, x, y)), 1e9)
      expect(distance(every[found]!, x, y)).toBeLessThan(nearest + 2)
    }
  })

  it('finds the cell of the plate that it points at', () => {
    const grid = gridOf(24)
    const { right } = frame.axes
    for (const [token, level, component] of [
      [0, 0, 0],
      [4, 3, 23],
      [2, 1, 13],
    ] as const) {
      const { u, v } = placeOf(grid, component)
      const across = (u - 0.5) * PLATE.width
      const seen = frame.project(
        space.x[token]! + across * right[0],
        level * space.rise + (0.5 - v) * PLATE.height,
        across * right[2],
      )
      const found = plateUnder(frame, space, seen.x, seen.y)!
      expect([found.token, found.level]).toEqual([token, level])
      expect(componentAt(grid, 24, found.u, found.v)).toBe(component)
    }
  })
})

describe('plates', () => {
  it('have a cell for every component, without a rest where that gives a good shape', () => {
    expect(gridOf(384)).toEqual({ columns: 24, rows: 16 })
    expect(gridOf(768)).toEqual({ columns: 32, rows: 24 })
    expect(gridOf(1)).toEqual({ columns: 1, rows: 1 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (width) => {
        const { columns, rows } = gridOf(width)
        expect(columns * rows).toBeGreaterThanOrEqual(width)
        expect(columns * (rows - 1)).toBeLessThan(width)
        const component = width - 1
        const { u, v } = placeOf({ columns, rows }, component)
        expect(componentAt({ columns, rows }, width, u, v)).toBe(component)
      }),
    )
  })
})

describe('ribbons', () => {
  const filled = (count: number): Ribbons => {
    const ribbons = new Ribbons()
    ribbons.fill(count, (n) => ({ link: { layer: 3, head: 2, token: n % 64, column: 1 }, weight: 1 / (n + 1) }))
    return ribbons
  }
  /** The corners that are drawn, in order. */
  const drawn = ({ geometry }: Ribbons): Uint32Array => {
    const { index, drawRange } = geometry as unknown as {
      index: { array: Uint32Array }
      drawRange: { start: number; count: number }
    }
    return index.array.subarray(drawRange.start, drawRange.start + drawRange.count)
  }

  it('every link is drawn from its first corners to its last, without a gap, and with no other link’s', () => {
    for (const count of [1, 150, 201, 2500]) {
      const corners = drawn(filled(count))
      const each = corners.length / count
      for (let n = 0; n < count; n++) {
        const own = [...corners.subarray(n * each, (n + 1) * each)].map((corner) => corner - CORNERS * n)
        // Two triangles from each pair of corners to the next.
        const pairs = own.filter((_, k) => k % 6 === 0)
        const next = [...pairs.slice(1), 2 * PIECES]
        expect(own).toEqual(pairs.flatMap((a, k) => [a, a + 1, next[k]!, next[k]!, a + 1, next[k]! + 1]))
        expect(pairs[0]).toBe(0)
      }
    }
  })

  it('links and weights are what the shader reads: column, token, 256 · layer + head, weight', () => {
    const { data } = filled(300).texture.value.image
    expect([...data.subarray(4 * 7, 4 * 8)]).toEqual([1, 7, 3 * 256 + 2, 0.125])
  })

  it('where frames come slowly, the first links are drawn, 400 at the least', () => {
    const ribbons = filled(20_000)
    const linksOf = (): number => new Set(drawn(ribbons).map((corner) => Math.floor(corner / CORNERS))).size
    ribbons.showShare(1)
    expect(linksOf()).toBe(20_000)
    // 20 000 × 0.5⁵
    ribbons.showShare(0.5)
    expect(linksOf()).toBe(625)
    expect(Math.max(...drawn(ribbons))).toBe(624 * CORNERS + 2 * PIECES + 1)
    ribbons.showShare(0.4)
    expect(linksOf()).toBe(400)
  })

  it('those that are drawn one part after the other are all of them, once', () => {
    const ribbons = filled(1000)
    const parts = [0, 1, 2, 3].flatMap((n) => {
      ribbons.show(300 * n, Math.min(1000, 300 * (n + 1)))
      return [...drawn(ribbons)]
    })
    ribbons.show(0, 1000)
    expect(parts).toEqual([...drawn(ribbons)])
  })
})

describe('labels', () => {
  it('never touch: the less important one goes a line lower, or goes; so does what leaves the picture', () => {
    const label = (x: number) => ({ x, y: 50, width: 40, height: 20 })
    const shown = thin([label(100), label(120), label(110), label(170), label(10), undefined], [1, 0, 2, 3, 4, 5], 400, 100)
    expect([...shown].map(([n, { x, y }]) => [n, x, y])).toEqual([
      [1, 120, 50],
      [0, 100, 70],
      [3, 170, 50],
    ])
  })
})

describe('what stands in the space', () => {
  const token = (text: string, start: number, special = false) => ({
    id: 0,
    text,
    start,
    end: start + (special ? 0 : text.length),
    special,
  })
  // "a dogs": the second word in two pieces, between marks.
  const tokens = [token('[CLS]', 0, true), token('a', 0), token('dog', 2), token('s', 5), token('[SEP]', 6, true)]

  it('a short text stands whole; of a long one, 64 tokens with the one that is held well inside', () => {
    expect(partAround(3, 64)).toEqual({ from: 0, to: 64 })
    fc.assert(
      fc.property(fc.integer({ min: 65, max: 5000 }), fc.nat(), (length, n) => {
        const held = n % length
        const { from, to } = partAround(held, length)
        expect(to - from).toBe(64)
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThanOrEqual(length)
        expect(held - from).toBeGreaterThanOrEqual(Math.min(held, 16))
        expect(to - 1 - held).toBeGreaterThanOrEqual(Math.min(length - 1 - held, 15))
      }),
    )
  })

  it('the first token and the marks are sinks; a piece of a word stands nearer to the piece before it', () => {
    const part = { from: 0, to: 5 }
    expect([...sinksOf(tokens, part)]).toEqual([0, 4])
    expect([...sinksOf(tokens, { from: 2, to: 5 })]).toEqual([2])
    const standing = standingOf('a dogs', tokens, part, new Set([0, 4]))
    expect(standing.map(({ joined }) => joined)).toEqual([false, false, false, true, false])
    expect(standing.map(({ apart }) => apart)).toEqual([true, false, false, false, true])
  })

  it('the threshold stands first where some hundred links are drawn, at a round weight', () => {
    // One head of 30 × 30 links: 0.001, 0.002, … 0.9; the 500th strongest is 0.401.
    const shape = { layers: 1, heads: 1, tokens: 30 }
    const weights = Float32Array.from({ length: 1800 }, (_, n) => ((n % 900) + 1) / 1000)
    expect(firstThreshold(new Links(weights, shape), new Set())).toBe(0.5)
    expect(firstThreshold(new Links(weights.slice(0, 8), { layers: 1, heads: 1, tokens: 2 }), new Set())).toBe(0)
  })
})

describe('the flight', () => {
  const WIDTH = 300
  const POSE: Pose = { target: [0, 0, 0], azimuth: 0, elevation: 0, distance: 8 }
  /** A scene that only writes down how it is asked to draw: the size, and of a resting picture the links so far. */
  function flown(slow: boolean): { flight: Flight; drawn: string[] } {
    const drawn: string[] = []
    let [width, links] = [0, 0]
    const scene = {
      slow,
      resize(across: number, _: number, ratio: number): void {
        width = across * ratio
        links = 0
      },
      draw: (_: View, share: number) => {
        drawn.push(`moving ${width} ${share}`)
        return { calls: 5, triangles: 1 }
      },
      drawGrowing: () => {
        links = Math.min(1000, links + 400)
        drawn.push(`resting ${width} ${links}`)
        return { calls: 4, triangles: 1, whole: links === 1000 }
      },
    }
    const flight = new Flight(scene as unknown as Scene, POSE)
    flight.resize(WIDTH, 200, 1)
    return { flight, drawn }
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
    vi.stubGlobal('requestAnimationFrame', (draw: (now: number) => void) => setTimeout(() => draw(performance.now()), 16))
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('draws half the size while the camera moves where the processor draws, then in full, part by part, then nothing', () => {
    const { flight, drawn } = flown(true)
    vi.advanceTimersByTime(60)
    expect(new Set(drawn)).toEqual(new Set(['moving 150 0.5']))
    vi.advanceTimersByTime(1000)
    expect(drawn.slice(-3)).toEqual(['resting 300 400', 'resting 300 800', 'resting 300 1000'])
    expect(flight.costs().whole).toBe(true)
    const { frames } = flight.costs()
    vi.advanceTimersByTime(5000)
    expect(flight.costs().frames).toBe(frames)
    flight.go(orbit(POSE, 0.1, 0), false)
    vi.advanceTimersByTime(17)
    expect(drawn.at(-1)).toMatch(/^moving/)
  })

  it('draws all of it at any time where a graphics card does', () => {
    const { flight, drawn } = flown(false)
    vi.advanceTimersByTime(1000)
    flight.go(orbit(POSE, 0.1, 0), true)
    vi.advanceTimersByTime(1000)
    expect(drawn.every((each) => each === 'moving 300 1' || each.startsWith('resting 300'))).toBe(true)
    expect(drawn.at(-1)).toBe('resting 300 1000')
  })

  it('light travels over a picture that is whole, frame by frame, for as long as it is wanted', () => {
    const { flight, drawn } = flown(true)
    flight.travelling = true
    vi.advanceTimersByTime(1000)
    const before = drawn.length
    vi.advanceTimersByTime(1000)
    expect(drawn.length - before).toBeGreaterThan(50)
    expect(new Set(drawn.slice(before))).toEqual(new Set(['resting 300 1000']))
    flight.travelling = false
    vi.advanceTimersByTime(100)
    const after = drawn.length
    vi.advanceTimersByTime(1000)
    expect(drawn.length).toBe(after)
  })
})

describe('the pace', () => {
  const after = (frames: readonly number[], from = 1): number => {
    const pace = new Pace(from)
    for (const each of frames) pace.note(each)
    return pace.share
  }

  it('is kept by drawing coarser where frames come slowly: by the cube root of how much too slow, to 0.5 at the least', () => {
    // Wished are 50 ms; one slow frame of four counts for nothing.
    expect(after([5000, 40, 40, 40])).toBe(1)
    expect(after([72, 72, 72, 72])).toBeCloseTo(Math.cbrt(50 / 72), 12)
    // 1000 ms: a twentieth of the speed, but no more than half is given up, at once or in the end.
    expect(after(Array(4).fill(1000))).toBe(0.5)
    expect(after(Array(40).fill(1000))).toBe(0.5)
  })

  it('is given back where frames come fast', () => {
    expect(after(Array(100).fill(16))).toBe(1)
    expect(after(Array(4).fill(16), 0.5)).toBeCloseTo(0.575, 12)
    expect(after(Array(40).fill(16), 0.5)).toBe(1)
    expect(after(Array(40).fill(30), 0.5)).toBe(0.5)
  })
})
