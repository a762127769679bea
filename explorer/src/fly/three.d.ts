/** What of three is used here. The package brings no types; those published beside it bring a physics engine. */

declare module 'three' {
  type Numbers = Float32Array | Uint8Array | Uint32Array

  export class BufferAttribute {
    constructor(array: Numbers, itemSize: number, normalized?: boolean)
  }
  export class BufferGeometry {
    setAttribute(name: string, attribute: BufferAttribute): this
    setIndex(index: BufferAttribute): this
    setDrawRange(start: number, count: number): void
    dispose(): void
  }

  export interface Uniform {
    value: unknown
  }
  export interface MaterialOptions {
    glslVersion: string
    vertexShader: string
    fragmentShader: string
    uniforms: Record<string, Uniform>
    transparent?: boolean
    premultipliedAlpha?: boolean
    depthWrite?: boolean
    depthTest?: boolean
    side?: number
  }
  export class RawShaderMaterial {
    constructor(options: MaterialOptions)
    colorWrite: boolean
    dispose(): void
  }

  export class DataTexture {
    constructor(data: Numbers, width: number, height: number, format: number, type: number)
    image: { readonly data: Numbers }
    minFilter: number
    magFilter: number
    needsUpdate: boolean
    dispose(): void
  }

  class Object3D {
    visible: boolean
    frustumCulled: boolean
    renderOrder: number
    add(...children: Object3D[]): this
    position: { set(x: number, y: number, z: number): void }
    up: { set(x: number, y: number, z: number): void }
    lookAt(x: number, y: number, z: number): void
  }
  export class Scene extends Object3D {}
  export class Mesh extends Object3D {
    constructor(geometry: BufferGeometry, material: RawShaderMaterial)
    geometry: BufferGeometry
  }
  export class LineSegments extends Mesh {}
  export class PerspectiveCamera extends Object3D {
    constructor(field: number, aspect: number, near: number, far: number)
    aspect: number
    near: number
    far: number
    updateProjectionMatrix(): void
  }

  export class WebGLRenderTarget {
    constructor(width: number, height: number)
    readonly texture: unknown
    setSize(width: number, height: number): void
    dispose(): void
  }

  export class WebGLRenderer {
    constructor(options: { canvas: HTMLCanvasElement; antialias?: boolean; alpha?: boolean })
    info: { autoReset: boolean; render: { calls: number; triangles: number }; reset(): void }
    autoClear: boolean
    getContext(): WebGL2RenderingContext
    setPixelRatio(ratio: number): void
    setSize(width: number, height: number, style?: boolean): void
    setClearAlpha(alpha: number): void
    setRenderTarget(target: WebGLRenderTarget | null): void
    clear(): void
    render(scene: Scene, camera: PerspectiveCamera): void
    dispose(): void
    forceContextLoss(): void
  }

  export const GLSL3: string
  export const DoubleSide: number
  export const FloatType: number
  export const LinearFilter: number
  export const NearestFilter: number
  export const RGBAFormat: number
  export const RedFormat: number
  export const UnsignedByteType: number
}
