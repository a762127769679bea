/**
 * Draws tiles with WebGL2: their numbers are textures, and the weight scale is applied to them on the graphics card, so that what is on the
 * screen is a number at every zoom. What was not computed yet is hatched.
 */

import type { Ramp } from '../state/colour.ts'
import { type Camera, type Stage, type TilePlace, windowOf } from './camera.ts'
import type { Tile, Tiles } from './tiles.ts'

const VERTEX = `#version 300 es
uniform vec4 place;   // x, y, width, height in clip space
out vec2 part;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  part = corner;
  gl_Position = vec4(place.xy + corner * place.zw, 0.0, 1.0);
}`

const FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D values;
uniform sampler2D ramp;
uniform vec2 size;        // numbers across and down, as far as the tile reaches
uniform bool known;
uniform vec3 soft;
in vec2 part;
out vec4 colour;
void main() {
  if (!known) {
    float stripe = mod(gl_FragCoord.x + gl_FragCoord.y, 12.0);
    colour = vec4(soft, stripe < 1.5 ? 0.35 : 0.0);
    colour.rgb *= colour.a;
    return;
  }
  ivec2 at = min(ivec2(part * size), textureSize(values, 0) - 1);
  float weight = clamp(texelFetch(values, at, 0).r, 0.0, 1.0);
  colour = vec4(texelFetch(ramp, ivec2(int(255.0 * sqrt(weight) + 0.5), 0), 0).rgb, 1.0);
}`

export class Painter {
  readonly #gl: WebGL2RenderingContext
  readonly #uniform: Record<'place' | 'size' | 'known' | 'soft', WebGLUniformLocation>
  readonly #ramp: WebGLTexture
  /** The texture of a tile lives as long as the tile is drawn from time to time. */
  readonly #textures = new Map<Tile, WebGLTexture>()

  /** Throws one line where the browser has no WebGL2. */
  constructor(canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', { alpha: true, antialias: false })
    if (!gl) throw new Error('this browser has no WebGL2')
    this.#gl = gl
    const program = linked(gl)
    gl.useProgram(program)
    const uniform = (name: string): WebGLUniformLocation => gl.getUniformLocation(program, name)!
    this.#uniform = { place: uniform('place'), size: uniform('size'), known: uniform('known'), soft: uniform('soft') }
    gl.uniform1i(uniform('values'), 0)
    gl.uniform1i(uniform('ramp'), 1)
    this.#ramp = texture(gl)
    gl.bindVertexArray(gl.createVertexArray())
  }

  /** The colours of the weight scale, and of what is not known. */
  colours(ramp: Ramp, soft: readonly [number, number, number]): void {
    const gl = this.#gl
    const steps = Uint8Array.from(
      Array.from({ length: 256 }, (_, n) => ramp.at((n / 255) ** 2)).flatMap((colour) => [...colour, 255]),
    )
    gl.activeTexture(gl.TEXTURE1)
    gl.bindTexture(gl.TEXTURE_2D, this.#ramp)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, steps)
    gl.uniform3f(this.#uniform.soft, soft[0] / 255, soft[1] / 255, soft[2] / 255)
  }

  /** Draws the tiles of one level; where one is missing, what a coarser one says of its place. */
  draw(tiles: Tiles, places: readonly TilePlace[], camera: Camera, stage: Stage, density: number): void {
    const gl = this.#gl
    gl.viewport(0, 0, Math.round(stage.width * density), Math.round(stage.height * density))
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.disable(gl.SCISSOR_TEST)
    const used = new Set<Tile>()
    for (const place of places) {
      const tile = tiles.get(place)
      if (tile) {
        used.add(tile)
        this.#one(tile, place, camera, stage)
        continue
      }
      const coarser = coarserOf(tiles, place, stage)
      if (coarser) {
        used.add(coarser)
        this.#clipped(coarser, place, camera, stage, density)
      } else this.#one(undefined, place, camera, stage)
    }
    for (const [tile, each] of this.#textures)
      if (!used.has(tile)) {
        gl.deleteTexture(each)
        this.#textures.delete(tile)
      }
  }

  dispose(): void {
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  /** A coarser tile, as far as the place of a missing one goes. */
  #clipped(tile: Tile, place: TilePlace, camera: Camera, stage: Stage, density: number): void {
    const gl = this.#gl
    const { r0, r1, c0, c1 } = windowOf(place, stage)
    const x = (token: number): number => Math.round((token - camera.column) * camera.scale * density)
    const y = (token: number): number => Math.round((stage.height - (token - camera.row) * camera.scale) * density)
    gl.enable(gl.SCISSOR_TEST)
    gl.scissor(x(c0), y(r1), Math.max(0, x(c1) - x(c0)), Math.max(0, y(r0) - y(r1)))
    this.#one(tile, tile.place, camera, stage)
    gl.disable(gl.SCISSOR_TEST)
  }

  #one(tile: Tile | undefined, place: TilePlace, camera: Camera, stage: Stage): void {
    const gl = this.#gl
    const { r0, r1, c0, c1 } = windowOf(place, stage)
    const x = (token: number): number => (2 * (token - camera.column) * camera.scale) / stage.width - 1
    const y = (token: number): number => 1 - (2 * (token - camera.row) * camera.scale) / stage.height
    gl.uniform4f(this.#uniform.place, x(c0), y(r0), x(c1) - x(c0), y(r1) - y(r0))
    gl.uniform1i(this.#uniform.known, tile ? 1 : 0)
    if (tile) {
      const by = 2 ** place.level
      gl.uniform2f(this.#uniform.size, (c1 - c0) / by, (r1 - r0) / by)
      gl.activeTexture(gl.TEXTURE0)
      gl.bindTexture(gl.TEXTURE_2D, this.#textureOf(tile))
    }
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }

  #textureOf(tile: Tile): WebGLTexture {
    const known = this.#textures.get(tile)
    if (known) return known
    const gl = this.#gl
    gl.activeTexture(gl.TEXTURE0)
    const made = texture(gl)
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, tile.width, tile.height, 0, gl.RED, gl.FLOAT, tile.values)
    this.#textures.set(tile, made)
    return made
  }
}

/** The finest tile at hand that holds the whole of a missing one. */
function coarserOf(tiles: Tiles, place: TilePlace, stage: Stage): Tile | undefined {
  const { r0, c0 } = windowOf(place, stage)
  const levels = Math.ceil(Math.log2(Math.max(stage.rows, stage.columns)))
  for (let level = place.level + 1; level <= levels; level++) {
    const span = windowOf({ level, row: 0, column: 0 }, { rows: Infinity, columns: Infinity }).r1
    const tile = tiles.get({ level, row: Math.floor(r0 / span), column: Math.floor(c0 / span) })
    if (tile) return tile
  }
  return undefined
}

function texture(gl: WebGL2RenderingContext): WebGLTexture {
  const made = gl.createTexture()
  gl.bindTexture(gl.TEXTURE_2D, made)
  for (const [name, value] of [
    [gl.TEXTURE_MIN_FILTER, gl.NEAREST],
    [gl.TEXTURE_MAG_FILTER, gl.NEAREST],
    [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE],
    [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
  ] as const)
    gl.texParameteri(gl.TEXTURE_2D, name, value)
  return made
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind)!
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`the map cannot be drawn: ${gl.getProgramInfoLog(program)}`)
  return program
}
