/**
 * The picture, drawn with four calls whatever there is to draw: streams, plates, all links at once, and the link that is spoken of.
 * Links and values are uploaded when they change; a frame sets some uniforms and nothing more.
 */

import * as three from 'three'
import { axesOf, eyeOf, FIELD, type Pose } from './camera.ts'
import type { Layout, Link } from './layout.ts'
import type { Chosen, Links } from './links.ts'
import type { Grid } from './plates.ts'
import { LINK, MOST_TOKENS, PLATES, STREAMS } from './shaders.ts'

/** No more links than this are drawn. */
export const MOST_LINKS = 20_000
/** Pieces of a link's curve: the more links, the fewer. */
const PIECES = 24
const ENOUGH: readonly (readonly [links: number, stride: number])[] = [
  [400, 1],
  [2_000, 2],
  [Number.POSITIVE_INFINITY, 4],
]
/** So many links do not hide each other. */
const CLEAR = 300
/** So many links are drawn even where frames come slowly. */
const ALWAYS = 400
/** The rim of the link that is spoken of, in pixels. */
const RIM = 1.5
/** Values lie in a texture this broad. */
const TEXTURE = 2048

/** Red, green, blue, 0 … 1. */
export type Colour = readonly [number, number, number]

export interface Colours {
  /** Where there is nothing to tell. */
  readonly plain: Colour
  readonly line: Colour
  readonly ink: Colour
  /** 256 colours, RGBA, by √weight. */
  readonly weights: Uint8Array
  /** 511 colours, RGBA, from −1 to 1. */
  readonly signs: Uint8Array
}

export interface Values {
  /** [levels, tokens, width] */
  readonly values: Float32Array
  readonly width: number
  readonly limit: number
  readonly grid: Grid
}

export interface Marked {
  readonly token: number
  readonly level: number
  /** −1: the plate as a whole. */
  readonly component: number
}

export class Scene {
  readonly #renderer: three.WebGLRenderer
  readonly #scene = new three.Scene()
  readonly #camera = new three.PerspectiveCamera((FIELD * 180) / Math.PI, 1, 0.1, 1000)
  readonly #uniforms = sharedUniforms()
  readonly #links = new Ribbons(MOST_LINKS)
  readonly #spoken = new Ribbons(1)
  readonly #plates = plateGeometry()
  readonly #streams = new three.BufferGeometry()
  readonly #kept: { dispose(): void }[] = []
  readonly #textures = new Map<string, three.DataTexture>()
  #height = 1
  #ratio = 1

  /** The processor draws, as it seems, and not a graphics card. */
  readonly slow: boolean

  /** Throws where the browser offers no WebGL 2. */
  constructor(canvas: HTMLCanvasElement) {
    this.#renderer = new three.WebGLRenderer({ canvas, alpha: true, antialias: false })
    this.#renderer.setClearAlpha(0)
    this.slow = isSoftware(this.#renderer.getContext())
    const u = this.#uniforms
    this.#add(new three.LineSegments(this.#streams, this.#material(STREAMS, u)), 0)
    this.#add(new three.Mesh(this.#plates, this.#material(PLATES, u, { transparent: false, depthWrite: true })), 1)
    this.#add(new three.Mesh(this.#links.geometry, this.#material(LINK, { ...u, outline: { value: 0 } })), 2)
    this.#add(new three.Mesh(this.#spoken.geometry, this.#material(LINK, { ...u, outline: { value: RIM } })), 3)
  }

  setSpace(space: Layout): void {
    const u = this.#uniforms
    u.x.value = Float32Array.from({ length: MOST_TOKENS }, (_, n) => space.x[n] ?? 0)
    u.heads.value = space.heads
    u.depth.value = space.depth
    u.rise.value = space.rise
    u.count.value = space.tokens
    this.#plates.setAttribute('place', new three.InstancedBufferAttribute(platePlaces(space), 2))
    this.#plates.instanceCount = space.tokens * (space.layers + 1)
    this.#streams.setAttribute('place', new three.BufferAttribute(streamPlaces(space), 2))
    this.#streams.setDrawRange(0, 2 * space.tokens * space.layers)
  }

  setLinks(links: Links, { places }: Chosen): void {
    this.#links.fill(places.length, (n) => ({ link: links.linkAt(places[n]!), weight: links.weight(places[n]!) }))
    this.#uniforms.quiet.value = Math.min(1, (CLEAR / places.length) ** 0.3)
  }

  setSpoken(link: Link | undefined, weight: number): void {
    this.#spoken.fill(link ? 1 : 0, () => ({ link: link!, weight }))
  }

  setValues(values: Values | undefined): void {
    const u = this.#uniforms
    u.width.value = values?.width ?? 0
    if (!values) return
    const rows = Math.ceil(values.values.length / TEXTURE)
    const data = new Float32Array(rows * TEXTURE)
    data.set(values.values)
    u.values.value = this.#texture('values', data, TEXTURE, rows)
    u.grid.value = [values.grid.columns, values.grid.rows]
    u.limit.value = Math.max(values.limit, 1e-30)
  }

  setColours({ plain, line, ink, weights, signs }: Colours): void {
    const u = this.#uniforms
    u.plain.value = plain
    u.line.value = line
    u.ink.value = ink
    u.scale.value = this.#texture('scale', weights, weights.length / 4, 1)
    u.signs.value = this.#texture('signs', signs, signs.length / 4, 1)
  }

  setFocus(token: number, marked: Marked): void {
    this.#uniforms.token.value = token
    this.#uniforms.marked.value = [marked.token, marked.level, marked.component]
  }

  resize(width: number, height: number, ratio: number): void {
    this.#renderer.setPixelRatio(ratio)
    this.#renderer.setSize(width, height, false)
    this.#camera.aspect = width / height
    this.#height = height
    this.#ratio = ratio
    this.#uniforms.size.value = [width * ratio, height * ratio]
  }

  /**
   * `time` in journeys of the light; negative: nothing moves. `reach` is how far the space extends from the target. `share` below 1: of many
   * links only the strongest are drawn.
   */
  draw(pose: Pose, reach: number, time: number, share: number): { calls: number; triangles: number } {
    this.#links.show(share)
    const eye = eyeOf(pose)
    const u = this.#uniforms
    this.#camera.near = Math.max(0.05, pose.distance - 3 * reach)
    this.#camera.far = pose.distance + 3 * reach
    this.#camera.updateProjectionMatrix()
    this.#camera.position.set(...eye)
    this.#camera.lookAt(...pose.target)
    u.right.value = axesOf(pose).right
    u.haze.value = [pose.distance, pose.distance + reach]
    u.focal.value = ((this.#height / 2) * this.#ratio) / Math.tan(FIELD / 2)
    u.time.value = time
    this.#renderer.render(this.#scene, this.#camera)
    const { calls, triangles } = this.#renderer.info.render
    return { calls, triangles }
  }

  dispose(): void {
    const geometries = [this.#links.geometry, this.#spoken.geometry, this.#plates, this.#streams]
    for (const each of [...geometries, ...this.#kept, ...this.#textures.values()]) each.dispose()
    this.#renderer.dispose()
    // Browsers keep only so many contexts alive.
    this.#renderer.forceContextLoss()
  }

  #add(mesh: three.Mesh, order: number): void {
    mesh.frustumCulled = false
    mesh.renderOrder = order
    this.#scene.add(mesh)
  }

  #material(
    { vertex, fragment }: { vertex: string; fragment: string },
    uniforms: Record<string, three.Uniform>,
    options: { transparent?: boolean; depthWrite?: boolean } = {},
  ): three.RawShaderMaterial {
    const made = new three.RawShaderMaterial({
      glslVersion: three.GLSL3,
      vertexShader: vertex,
      fragmentShader: fragment,
      uniforms,
      transparent: true,
      premultipliedAlpha: true,
      depthWrite: false,
      side: three.DoubleSide,
      ...options,
    })
    this.#kept.push(made)
    return made
  }

  /** Bytes are colours, RGBA; floats are values, one each. */
  #texture(name: string, data: Uint8Array | Float32Array, width: number, height: number): three.DataTexture {
    this.#textures.get(name)?.dispose()
    const colours = data instanceof Uint8Array
    const made = new three.DataTexture(
      data,
      width,
      height,
      colours ? three.RGBAFormat : three.RedFormat,
      colours ? three.UnsignedByteType : three.FloatType,
    )
    made.minFilter = made.magFilter = colours ? three.LinearFilter : three.NearestFilter
    made.needsUpdate = true
    this.#textures.set(name, made)
    return made
  }
}

function isSoftware(gl: WebGL2RenderingContext): boolean {
  const known = gl.getExtension('WEBGL_debug_renderer_info')
  return /swiftshader|llvmpipe|software|basic render/i.test(
    String(gl.getParameter(known ? known.UNMASKED_RENDERER_WEBGL : gl.RENDERER)),
  )
}

/** Ribbons for up to `most` links: one geometry, so many instances. */
class Ribbons {
  readonly geometry = new three.InstancedBufferGeometry()
  #count = 0
  readonly #places: three.InstancedBufferAttribute
  readonly #weights: three.InstancedBufferAttribute

  constructor(most: number) {
    this.#places = new three.InstancedBufferAttribute(new Uint8Array(4 * most), 4).setUsage(three.DynamicDrawUsage)
    this.#weights = new three.InstancedBufferAttribute(new Float32Array(most), 1).setUsage(three.DynamicDrawUsage)
    const { at, index } = ribbon()
    this.geometry.setAttribute('at', new three.BufferAttribute(at, 2))
    this.geometry.setAttribute('place', this.#places)
    this.geometry.setAttribute('weight', this.#weights)
    this.geometry.setIndex(new three.BufferAttribute(index, 1))
    this.geometry.instanceCount = 0
  }

  fill(count: number, at: (n: number) => { link: Link; weight: number }): void {
    const [places, weights] = [this.#places.array, this.#weights.array]
    for (let n = 0; n < count; n++) {
      const { link, weight } = at(n)
      places[4 * n] = link.column
      places[4 * n + 1] = link.token
      places[4 * n + 2] = link.layer
      places[4 * n + 3] = link.head
      weights[n] = weight
    }
    for (const [attribute, size] of [
      [this.#places, 4],
      [this.#weights, 1],
    ] as const) {
      attribute.clearUpdateRanges()
      attribute.addUpdateRange(0, size * count)
      attribute.needsUpdate = count > 0
    }
    this.#count = count
    this.show(1)
  }

  /** All in full; below 1 those that came first, and coarser. */
  show(share: number): void {
    this.geometry.instanceCount = Math.min(this.#count, Math.max(ALWAYS, Math.round(this.#count * share ** 4)))
    this.geometry.setDrawRange(...coarse(this.geometry.instanceCount / share ** 2))
  }
}

/** Pairs of corners along a ribbon, and the triangles between them for each stride of `ENOUGH`, one after the other. */
function ribbon(): { at: Float32Array; index: Uint16Array } {
  const at = new Float32Array(4 * (PIECES + 1))
  for (let n = 0; n <= PIECES; n++) {
    // Closer together where it bends, at its ends.
    const along = (1 - Math.cos((Math.PI * n) / PIECES)) / 2
    at.set([along, -1, along, 1], 4 * n)
  }
  const index = ENOUGH.flatMap(([, stride]) =>
    Array.from({ length: PIECES / stride }, (_, piece) => {
      const [a, b] = [2 * stride * piece, 2 * stride * (piece + 1)]
      return [a, a + 1, b, b, a + 1, b + 1]
    }).flat(),
  )
  return { at, index: Uint16Array.from(index) }
}

/** Which of a ribbon's triangles are drawn when there are so many ribbons: first index, how many. */
function coarse(links: number): [number, number] {
  let start = 0
  for (const [most, stride] of ENOUGH) {
    const count = (6 * PIECES) / stride
    if (links <= most) return [start, count]
    start += count
  }
  return [0, 0]
}

function plateGeometry(): three.InstancedBufferGeometry {
  const made = new three.InstancedBufferGeometry()
  made.setAttribute('at', new three.BufferAttribute(Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1), 2))
  made.setIndex(new three.BufferAttribute(Uint16Array.of(0, 1, 2, 2, 1, 3), 1))
  return made
}

/** Token and level of every plate. */
function platePlaces({ tokens, layers }: Layout): Float32Array {
  return Float32Array.from({ length: 2 * tokens * (layers + 1) }, (_, n) =>
    n % 2 === 0 ? (n / 2) % tokens : Math.floor(n / 2 / tokens),
  )
}

/** From the upper edge of each plate to the lower edge of the next: a little more and a little less than a whole level. */
function streamPlaces({ tokens, layers }: Layout): Float32Array {
  const made: number[] = []
  for (let layer = 0; layer < layers; layer++)
    for (let token = 0; token < tokens; token++) made.push(token, layer + 0.1, token, layer + 0.9)
  return Float32Array.from(made)
}

function sharedUniforms() {
  return {
    x: { value: new Float32Array(MOST_TOKENS) },
    haze: { value: [0, 1] },
    size: { value: [1, 1] },
    focal: { value: 1 },
    heads: { value: 1 },
    depth: { value: 0 },
    rise: { value: 1 },
    token: { value: -1 },
    time: { value: -1 },
    quiet: { value: 1 },
    scale: { value: undefined as unknown },
    signs: { value: undefined as unknown },
    values: { value: undefined as unknown },
    right: { value: [1, 0, 0] as readonly number[] },
    marked: { value: [-1, -1, -1] },
    count: { value: 0 },
    width: { value: 0 },
    grid: { value: [1, 1] },
    limit: { value: 1 },
    plain: { value: [1, 1, 1] as Colour },
    line: { value: [0.5, 0.5, 0.5] as Colour },
    ink: { value: [0, 0, 0] as Colour },
  }
}
