/**
 * The picture, drawn with a handful of calls whatever there is to draw: streams, plates, all links, those of the token in focus, the
 * link that is spoken of. Links and values are uploaded when they change; a frame sets some uniforms and nothing more. While only light
 * moves, what rests is kept as an image, and a frame draws that and the light.
 */

import * as three from 'three'
import { axesOf, eyeOf, FIELD, type Pose } from './camera.ts'
import type { Layout, Link } from './layout.ts'
import type { Chosen, Links } from './links.ts'
import type { Grid } from './plates.ts'
import { Ribbons } from './ribbons.ts'
import { KEPT, linkShaders, MOST_TOKENS, PLATES, STREAMS, VALUE_COLUMNS } from './shaders.ts'
import { cover, quads, streamPlaces } from './shapes.ts'

/** No more links than this are drawn. */
export const MOST_LINKS = 20_000
/** So many links do not hide each other. */
const CLEAR = 300
/** The rim of the link that is spoken of, in pixels. */
const RIM = 1.5

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

/** In the order in which they are drawn. */
type Part = 'kept' | 'streams' | 'plates' | 'quiet' | 'lit' | 'spoken'

/** What a frame took. */
export interface Drawn {
  readonly calls: number
  readonly triangles: number
}

/** From where, and how far along the light is: in journeys; negative: nothing moves. `reach`: how far the space extends from the target. */
export interface View {
  readonly pose: Pose
  readonly reach: number
  readonly time: number
}

export class Scene {
  readonly #renderer: three.WebGLRenderer
  readonly #scene = new three.Scene()
  readonly #camera = new three.PerspectiveCamera((FIELD * 180) / Math.PI, 1, 0.1, 1000)
  readonly #uniforms = sharedUniforms()
  readonly #quiet = new Ribbons()
  readonly #lit = new Ribbons()
  readonly #spoken = new Ribbons()
  readonly #plates = new three.BufferGeometry()
  readonly #streams = new three.BufferGeometry()
  readonly #meshes: Record<Part, three.Mesh>
  readonly #platePaint: three.RawShaderMaterial
  /** What rests, and how many of the quiet links are in it; without a pose it shows nothing that is true. */
  readonly #kept = new three.WebGLRenderTarget(1, 1)
  #keptOf: { pose: Pose | undefined; links: number } = { pose: undefined, links: 0 }
  #links: { links: Links; places: Uint32Array } | undefined
  readonly #materials: { dispose(): void }[] = []
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
    this.#renderer.info.autoReset = false
    this.#renderer.autoClear = false
    const u = this.#uniforms
    this.#platePaint = this.#material(PLATES, u, { transparent: false, depthWrite: true })
    const links = (of: Ribbons, rim = 0): three.Mesh =>
      new three.Mesh(of.geometry, this.#material(linkShaders(rim), { ...u, links: of.texture }))
    const kept = this.#material(KEPT, { kept: { value: this.#kept.texture } }, { transparent: false, depthTest: false })
    this.#meshes = {
      kept: new three.Mesh(cover(), kept),
      streams: new three.LineSegments(this.#streams, this.#material(STREAMS, u)),
      plates: new three.Mesh(this.#plates, this.#platePaint),
      quiet: links(this.#quiet),
      lit: links(this.#lit),
      spoken: links(this.#spoken, RIM),
    }
    Object.values(this.#meshes).forEach((mesh, order) => {
      mesh.frustumCulled = false
      mesh.renderOrder = order
      this.#scene.add(mesh)
    })
  }

  setSpace(space: Layout): void {
    const u = this.#uniforms
    u.x.value = Float32Array.from({ length: MOST_TOKENS }, (_, n) => space.x[n] ?? 0)
    u.heads.value = space.heads
    u.depth.value = space.depth
    u.rise.value = space.rise
    u.count.value = space.tokens
    this.#plates.dispose()
    this.#plates.setIndex(new three.BufferAttribute(quads(space.tokens * (space.layers + 1)), 1))
    this.#streams.setAttribute('place', new three.BufferAttribute(streamPlaces(space), 2))
    this.#streams.setDrawRange(0, 2 * space.tokens * space.layers)
    this.forget()
  }

  setLinks(links: Links, { places }: Chosen): void {
    this.#links = { links, places }
    this.#uniforms.quiet.value = Math.min(1, (CLEAR / places.length) ** 0.3)
    this.#partLinks()
  }

  setSpoken(link: Link | undefined, weight: number): void {
    this.#spoken.fill(link ? 1 : 0, () => ({ link: link!, weight }))
  }

  setValues(values: Values | undefined): void {
    const u = this.#uniforms
    u.width.value = values?.width ?? 0
    this.forget()
    if (!values) return
    const rows = Math.ceil(values.values.length / VALUE_COLUMNS)
    const data = new Float32Array(rows * VALUE_COLUMNS)
    data.set(values.values)
    u.values.value = this.#texture('values', data, VALUE_COLUMNS, rows)
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
    this.forget()
  }

  setFocus(token: number, marked: Marked): void {
    const u = this.#uniforms
    const parts = u.token.value !== token
    u.token.value = token
    u.marked.value = [marked.token, marked.level, marked.component]
    if (parts) this.#partLinks()
    else this.forget()
  }

  /** `ratio`: pixels drawn for one of the page's; `full`: how many there would be at best. */
  resize(width: number, height: number, ratio: number, full: number): void {
    this.#renderer.setPixelRatio(ratio)
    this.#renderer.setSize(width, height, false)
    this.#camera.aspect = width / height
    this.#height = height
    this.#ratio = ratio
    const size = [Math.floor(width * ratio), Math.floor(height * ratio)] as const
    this.#uniforms.size.value = size
    this.#uniforms.fine.value = ratio / full
    if (ratio === full) this.#kept.setSize(...size)
    this.forget()
  }

  /** Draws everything. `share` below 1: of many links only the strongest. */
  draw(view: View, share: number): Drawn {
    this.#look(view)
    for (const each of [this.#quiet, this.#lit]) each.showShare(share)
    this.#spoken.show(0, this.#spoken.count)
    this.#renderer.info.reset()
    this.#render(['streams', 'plates', 'quiet', 'lit', 'spoken'], true)
    return this.#drawn()
  }

  /**
   * Draws everything in full, but in one frame no more links anew than `draw` draws at this share. The image of what rests grows by them
   * until it is `whole`.
   */
  drawGrowing(view: View, share: number): Drawn & { whole: boolean } {
    this.#look(view)
    this.#renderer.info.reset()
    const { count } = this.#quiet
    if (this.#keptOf.pose !== view.pose || this.#keptOf.links < count) this.#grow(view.pose, this.#quiet.atShare(share))
    for (const each of [this.#lit, this.#spoken]) each.show(0, each.count)
    // What is in front of what: the plates' colours are in the image already.
    this.#platePaint.colorWrite = false
    this.#render(['kept', 'plates', 'lit', 'spoken'], true)
    this.#platePaint.colorWrite = true
    return { ...this.#drawn(), whole: this.#keptOf.links >= count }
  }

  #grow(pose: Pose, more: number): void {
    const anew = this.#keptOf.pose !== pose
    const from = anew ? 0 : this.#keptOf.links
    const to = Math.min(this.#quiet.count, from + more)
    this.#quiet.show(from, to)
    this.#renderer.setRenderTarget(this.#kept)
    this.#render(anew ? ['streams', 'plates', 'quiet'] : ['quiet'], anew)
    this.#renderer.setRenderTarget(null)
    this.#keptOf = { pose, links: to }
  }

  #render(parts: readonly Part[], clear: boolean): void {
    for (const [name, mesh] of Object.entries(this.#meshes)) mesh.visible = parts.includes(name as Part)
    if (clear) this.#renderer.clear()
    this.#renderer.render(this.#scene, this.#camera)
  }

  #drawn(): Drawn {
    const { calls, triangles } = this.#renderer.info.render
    return { calls, triangles }
  }

  #look({ pose, reach, time }: View): void {
    const u = this.#uniforms
    this.#camera.near = Math.max(0.05, pose.distance - 3 * reach)
    this.#camera.far = pose.distance + 3 * reach
    this.#camera.updateProjectionMatrix()
    this.#camera.position.set(...eyeOf(pose))
    this.#camera.lookAt(...pose.target)
    u.right.value = axesOf(pose).right
    u.haze.value = [pose.distance, pose.distance + reach]
    u.focal.value = ((this.#height / 2) * this.#ratio) / Math.tan(FIELD / 2)
    u.time.value = time
  }

  /** Links of the token in focus are drawn by themselves, over the others. */
  #partLinks(): void {
    this.forget()
    if (!this.#links) return
    const { links, places } = this.#links
    const token = this.#uniforms.token.value
    const parts = {
      lit: places.filter((place) => links.tokenAt(place) === token),
      quiet: places.filter((place) => links.tokenAt(place) !== token),
    }
    for (const [ribbons, part] of [
      [this.#quiet, parts.quiet],
      [this.#lit, parts.lit],
    ] as const)
      ribbons.fill(part.length, (n) => ({ link: links.linkAt(part[n]!), weight: links.weight(part[n]!) }))
  }

  /** The image of what rests is true no more. */
  forget(): void {
    this.#keptOf = { pose: undefined, links: 0 }
  }

  dispose(): void {
    const drawn = [this.#quiet, this.#lit, this.#spoken, this.#plates, this.#streams, this.#kept, this.#meshes.kept.geometry]
    for (const each of [...drawn, ...this.#materials, ...this.#textures.values()]) each.dispose()
    this.#renderer.dispose()
    // Browsers keep only so many contexts alive.
    this.#renderer.forceContextLoss()
  }

  #material(
    { vertex, fragment }: { vertex: string; fragment: string },
    uniforms: Record<string, three.Uniform>,
    options: { transparent?: boolean; depthTest?: boolean; depthWrite?: boolean } = {},
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
    this.#materials.push(made)
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

function sharedUniforms() {
  return {
    x: { value: new Float32Array(MOST_TOKENS) },
    haze: { value: [0, 1] },
    size: { value: [1, 1] as readonly number[] },
    fine: { value: 1 },
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
