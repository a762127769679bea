/**
 * Keeps the picture up to date: one frame when something changed, one after another while the camera flies or light travels, none
 * otherwise. Measures what its frames cost.
 */

import { between, ease, Frame, type Pose } from './camera.ts'
import type { Scene } from './scene.ts'

/** A flight of the camera. */
const FLIGHT_MS = 380
/** The time in which light travels along a link. */
const JOURNEY_MS = 3200
/** Frames over which is measured. */
const MEASURED = 120
/** A longer pause between frames is no frame rate. */
const PAUSE_MS = 1000

/** What frames cost, over the last `MEASURED`. */
export interface Costs {
  readonly frames: number
  /** Draw calls and triangles of the last frame. */
  readonly calls: number
  readonly triangles: number
  /** Script in a frame, in milliseconds: median and 95 of 100. */
  readonly script: { readonly median: number; readonly most: number }
  /** While frames follow one another. */
  readonly perSecond: number | undefined
}

export class Flight {
  /** Hears of each frame that was drawn. */
  onFrame: (frame: Frame) => void = () => {}
  readonly #scene: Scene
  #pose: Pose
  #reach = 1
  #width = 1
  #height = 1
  #flight: { from: Pose; to: Pose; begun: number } | undefined
  #travelling = false
  #asked: number | undefined
  #last: number | undefined
  #journey = 0
  #frame: Frame
  readonly #script: number[] = []
  readonly #between: number[] = []
  #drawn = { calls: 0, triangles: 0 }
  #frames = 0

  constructor(scene: Scene, pose: Pose) {
    this.#scene = scene
    this.#pose = pose
    this.#frame = new Frame(pose, 1, 1)
  }

  /** Where the camera is, or is flying to. */
  get pose(): Pose {
    return this.#flight?.to ?? this.#pose
  }

  /** What was drawn last. */
  get frame(): Frame {
    return this.#frame
  }

  /** The camera is on its way. */
  get flying(): boolean {
    return this.#flight !== undefined
  }

  set reach(reach: number) {
    this.#reach = reach
    this.touch()
  }

  /** Whether light travels along the links of the token in focus. */
  set travelling(travelling: boolean) {
    this.#travelling = travelling
    this.touch()
  }

  resize(width: number, height: number, ratio: number): void {
    this.#width = width
    this.#height = height
    this.#scene.resize(width, height, ratio)
    this.touch()
  }

  /** Takes the camera there, at once or in a short flight. */
  go(pose: Pose, fly: boolean): void {
    this.#flight = fly ? { from: this.#pose, to: pose, begun: performance.now() } : undefined
    if (!fly) this.#pose = pose
    this.touch()
  }

  /** Something changed: the picture is drawn again. */
  touch(): void {
    this.#asked ??= requestAnimationFrame((now) => this.#draw(now))
  }

  stop(): void {
    if (this.#asked !== undefined) cancelAnimationFrame(this.#asked)
    this.#asked = -1
  }

  costs(): Costs {
    const sorted = [...this.#script].sort((a, b) => a - b)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
    const took = this.#between.reduce((sum, each) => sum + each, 0)
    return {
      frames: this.#frames,
      ...this.#drawn,
      script: { median: at(0.5), most: at(0.95) },
      perSecond: this.#between.length > 0 ? (1000 * this.#between.length) / took : undefined,
    }
  }

  #draw(now: number): void {
    this.#asked = undefined
    const begun = performance.now()
    const passed = this.#last === undefined ? 0 : now - this.#last
    this.#fly(begun)
    if (this.#travelling && passed < PAUSE_MS) this.#journey = (this.#journey + passed / JOURNEY_MS) % 1
    this.#drawn = this.#scene.draw(this.#pose, this.#reach, this.#travelling ? this.#journey : -1)
    this.#frame = new Frame(this.#pose, this.#width, this.#height)
    this.onFrame(this.#frame)
    this.#frames++
    note(this.#script, performance.now() - begun)
    if (this.#last !== undefined && passed < PAUSE_MS) note(this.#between, passed)
    const goesOn = this.#travelling || this.#flight !== undefined
    this.#last = goesOn ? now : undefined
    if (goesOn) this.touch()
  }

  #fly(now: number): void {
    if (!this.#flight) return
    const { from, to, begun } = this.#flight
    const share = (now - begun) / FLIGHT_MS
    this.#pose = share >= 1 ? to : between(from, to, ease(share))
    if (share >= 1) this.#flight = undefined
  }
}

function note(list: number[], value: number): void {
  list.push(value)
  if (list.length > MEASURED) list.shift()
}
