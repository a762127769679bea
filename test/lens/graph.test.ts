import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attention, init, tensor } from '../../src/index.ts'
import {
  type AttentionGraph,
  edgeMask,
  graph,
  keepEdges,
  messages,
  passMessages,
  toDot,
  toGraphml,
  toJson,
  trace,
} from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { shared } from '../support/shared.ts'
import { made } from './made.ts'

const close = (value: number) => expect.closeTo(value, 6)
const edgesOf = ({ edges }: AttentionGraph) => edges.map(({ from, to, layer, weight }) => [from, to, layer, weight])

describe('by hand', () => {
  const matrix = [
    [1, 0, 0],
    [0.25, 0.75, 0],
    [0.5, 0.0625, 0.4375],
  ]
  const other = [
    [1, 0, 0],
    [0.75, 0.25, 0],
    [0, 0, 1],
  ]
  const reading = made('a| b| c', [[matrix, other]])

  test('links of at least the threshold are edges, and how much of the weight they hold is said', async () => {
    const found = await graph(reading, { layer: 0, head: 0, threshold: 0.25 })
    expect(edgesOf(found)).toEqual([
      [0, 0, 0, 1],
      [1, 0, 0, 0.25],
      [1, 1, 0, 0.75],
      [2, 0, 0, 0.5],
      [2, 2, 0, 0.4375],
    ])
    // six links have weight; all but 0.0625 of the 3 rows is kept
    expect(found).toMatchObject({ links: 6, kept: close(1 - 0.0625 / 3), layers: [0], head: 0, threshold: 0.25 })
    expect(found.nodes.map(({ token, text }) => [token, text])).toEqual(
      [
        [0, 'a'],
        [1, ' b'],
        [2, ' c'],
      ].map(([token, text]) => [token, (text as string).trim()]),
    )
  })

  test('the strongest of each token, without itself; the mean of heads', async () => {
    expect(edgesOf(await graph(reading, { head: 0, threshold: 0, top: 1, self: false }))).toEqual([
      [1, 0, 0, 0.25],
      [2, 0, 0, 0.5],
    ])
    expect(edgesOf(await graph(reading, { threshold: 0.6 }))).toEqual([
      [0, 0, 0, 1],
      [2, 2, 0, close(0.71875)],
    ])
  })

  test('every layer has edges of its own', async () => {
    const two = made('a| b| c', [[matrix], [other]])
    const { edges, layers } = await graph(two, { threshold: 0.7 })
    expect(layers).toEqual([0, 1])
    expect(edges.map(({ layer, from, to }) => [layer, from, to])).toEqual([
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 0],
      [1, 1, 0],
      [1, 2, 2],
    ])
  })

  test('what is no threshold and no number is refused', async () => {
    await expect(graph(reading, { threshold: 2 })).rejects.toThrow('graph: threshold must lie between 0 and 1, got 2')
    await expect(graph(reading, { top: 0 })).rejects.toThrow('graph: top must be a whole number from 1, got 0')
  })

  test('a higher threshold keeps fewer edges and less weight, and 0 keeps all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), async (a, b) => {
        const [low, high] = [
          await graph(reading, { threshold: Math.min(a, b) }),
          await graph(reading, { threshold: Math.max(a, b) }),
        ]
        expect(high.edges.length).toBeLessThanOrEqual(low.edges.length)
        expect(high.kept).toBeLessThanOrEqual(low.kept + 1e-12)
      }),
      { numRuns: 30 },
    )
    expect((await graph(reading, { threshold: 0 })).kept).toEqual(close(1))
  })
})

describe('for other programs', () => {
  const odd = made('[CLS]|a "quoted\\"| <b> & c', [
    [
      [
        [1, 0, 0],
        [0.5, 0.5, 0],
        [0, 0.25, 0.75],
      ],
    ],
  ])

  test('DOT names every token once and quotes what it must', async () => {
    const dot = toDot(await graph(odd))
    expect(dot).toBe(`digraph attention {
  rankdir=LR;
  node [shape=plaintext];
  0 [label="[CLS]", fontcolor="#6f6b62"];
  1 [label="a \\"quoted\\\\\\""];
  2 [label="<b> & c"];
  0 -> 0 [weight=1, label="1", penwidth=4.5];
  1 -> 0 [weight=0.5, label="0.5", penwidth=2.5];
  1 -> 1 [weight=0.5, label="0.5", penwidth=2.5];
  2 -> 1 [weight=0.25, label="0.25", penwidth=1.5];
  2 -> 2 [weight=0.75, label="0.75", penwidth=3.5];
}
`)
  })

  test('GraphML declares what it holds, and escapes it', async () => {
    const xml = toGraphml(await graph(odd))
    for (const [, key] of xml.matchAll(/<data key="(\w+)"/g)) expect(xml).toContain(`<key id="${key}" `)
    expect(xml).toContain('<data key="text">&lt;b&gt; &amp; c</data>')
    expect(xml.match(/<edge id="e\d+" source="\d+" target="\d+">/g)).toHaveLength(5)
    expect(xml.match(/<node /g)).toHaveLength(3)
  })

  test('JSON is what networkx and d3 call node-link', async () => {
    const json = JSON.parse(JSON.stringify(toJson(await graph(odd, { threshold: 0.6 }))))
    expect(json).toMatchObject({ directed: true, multigraph: true, graph: { threshold: 0.6, links: 5 } })
    expect(json.nodes[0]).toEqual({ id: 0, token: 0, half: 'encoder', text: '[CLS]', start: 0, end: 0, special: true })
    expect(json.edges).toEqual([
      { source: 0, target: 0, key: 0, layer: 0, weight: 1 },
      { source: 2, target: 2, key: 1, layer: 0, weight: 0.75 },
    ])
  })

  test('whatever the tokens are called, DOT lines and XML stay whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (name) => {
        const base = await graph(odd)
        const named = { ...base, nodes: base.nodes.map((node) => ({ ...node, text: name })) }
        expect(toDot(named).split('\n')).toHaveLength(toDot(base).split('\n').length)
        expect(toGraphml(named).replace(/\n/g, '')).not.toMatch(/\p{Cc}/u)
        expect(toGraphml(named).replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
      }),
      { numRuns: 40 },
    )
  })
})

describe('restricted to a graph', () => {
  test('links are given once, both ways and with themselves if that is wanted', () => {
    expect(keepEdges([[1, 0], { from: 1, to: 0 }], 3, { self: false })).toEqual({ keep: 'edges', edges: [[1, 0]] })
    expect(keepEdges([[1, 0]], 2, { undirected: true, layers: [0, 1] })).toEqual({
      keep: 'edges',
      edges: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      layers: [0, 1],
    })
    expect(() => keepEdges([[0, 3]], 3)).toThrow('graph: edge [0, 3] does not join two of the 3 tokens (counted from 0)')
  })

  test('the operator looks along the edges alone: one edge leaves its value', async () => {
    await init({ backend: 'reference' })
    const [q, k] = [tensor([1, 2, 3], [1, 1, 3, 1]), tensor([3, 1, 2], [1, 1, 3, 1])]
    const v = tensor([10, 20, 30], [1, 1, 3, 1])
    const { output } = attention(q, k, v, {
      mask: edgeMask(
        [
          [0, 2],
          [1, 0],
          [2, 1],
        ],
        3,
        { self: false },
      ),
    })
    expect([...(await output.read())]).toEqual([30, 10, 20])
  })
})

describe('message passing', () => {
  test('a step along edges is the sum of weight times value', () => {
    // node 0 gathers ½ (1, 2) + 2 (3, 4); node 1 nothing
    const edges = [
      { from: 0, to: 0, weight: 0.5 },
      { from: 0, to: 1, weight: 2 },
    ]
    expect([...passMessages(edges, [1, 2, 3, 4], 2)]).toEqual([6.5, 9, 0, 0])
  })

  for (const family of ['gpt2', 'llama', 'bert-base', 'gpt-oss']) {
    const folder = shared(`conformance/models/${family}/`)
    test.skipIf(!folder)(
      `in a tiny ${family}, one step by hand is what the layer made${folder ? '' : ' (skipped: ../shared is not here)'}`,
      async () => {
        const model = await loadModel(folder!)
        const ids = [7, 9, 11, 13, 9, 8]
        const t = await trace(model, ids)
        const { heads, kvHeads } = model.config
        const [layer, head] = [1, heads - 1]
        const { messages: list, sum, blend, error } = await messages(t, { layer, head, token: 4 })
        expect(error).toBeLessThan(1e-5)
        expect(list.every(({ from }) => !model.config.causal || from <= 4)).toBe(true)
        expect(sum.length).toBe(blend.length)
        // the whole head at once, along the edges of its graph
        const { edges } = await graph(t, { layer, head, threshold: 0 })
        const [v, o] = [await t.v(layer).read(), await t.headOutputs(layer).read()]
        const width = t.v(layer).shape[3]!
        const part = (x: ArrayLike<number>, h: number) => Array.from(x).slice(h * 6 * width, (h + 1) * 6 * width)
        const out = passMessages(edges, part(v, Math.floor(head / (heads / kvHeads))), width)
        expect([...out]).toEqual(part(o, head).map((x) => expect.closeTo(x, 5)))
        t.dispose()
        model.dispose()
      },
    )
  }

  const folder = shared('conformance/models/bert-base/')
  test.skipIf(!folder)(
    `a model that is given a graph looks along it and nowhere else, and passes its messages${folder ? '' : ' (skipped: ../shared is not here)'}`,
    async () => {
      const model = await loadModel(folder!)
      const ids = [7, 9, 11, 13, 9]
      const ring = ids.map((_, at) => [at, (at + 1) % 5] as const)
      const t = await trace(model, ids, { edits: [keepEdges(ring, 5)] })
      for (const layer of [0, 1]) {
        const { edges, links } = await graph(t, { layer, head: 0, threshold: 0 })
        expect(links).toBe(10)
        expect(edges.every(({ from, to }) => to === from || to === (from + 1) % 5)).toBe(true)
        expect((await messages(t, { layer, head: 0, token: 3 })).error).toBeLessThan(1e-5)
      }
      t.dispose()
      model.dispose()
    },
  )
})
