/**
 * Keeps the picture up to date: one frame when something changed, one after another while the camera moves, light travels or the picture
 * comes into full, none otherwise. While the camera moves, it is drawn as finely as this machine can; once it rests, in full, a part of
 * the links after the other, so that no frame takes long. Measures what its frames cost.
 */

import { between, ease, Frame, type Pose } from './camera.ts'
import { Pace } from './pace.ts'
import type { Drawn, Scene, View } from './scene.ts'

/** A flight of the camera. */
const FLIGHT_MS = 380
/** The time in which light travels along a link. */
const JOURNEY_MS = 3200
/** Frames over which is measured. */
const MEASURED = 120
/**
 * A camera that did not move for so long, and for so many frames, rests. Going from one size to another waits for all that is being
 * drawn, so not every pause is a rest.
 */
const REST_MS = 400
const REST_FRAMES = 4
/** Where the processor draws, this is what it begins with. */
const SLOW = 0.5

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
  /** Share of the full width and height that is drawn while the picture moves. */
  readonly share: number
  /** The last frame was drawn in full, with nothing left out. */
  readonly whole: boolean
}

export class Flight {
  /** Hears of each new place of the camera, when it was drawn. */
  onFrame: (frame: Frame) => void = () => {}
  readonly #scene: Scene
  #pose: Pose
  #reach = 1
  #width = 1
  #height = 1
  #flight: { from: Pose; to: Pose; begun: number } | undefined
  #travelling = false
  #asked: number | undefined
  /** When the last frame was drawn, and whether the next was asked for at once. */
  #last = Number.NEGATIVE_INFINITY
  #follows = false
  /** When the camera was last seen to move, and whether it still counts as moving. */
  #moved = Number.NEGATIVE_INFINITY
  #moving = false
  readonly #pace: Pace
  #ratio = 1
  #drawnRatio = 0
  #journey = 0
  #frame: Frame
  #frameOf: Pose | undefined
  readonly #script: number[] = []
  readonly #between: number[] = []
  #drawn: Drawn = { calls: 0, triangles: 0 }
  #whole = false
  #frames = 0

  constructor(scene: Scene, pose: Pose) {
    this.#scene = scene
    this.#pace = new Pace(scene.slow ? SLOW : 1)
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
    this.#ratio = ratio
    this.#drawnRatio = 0
    this.#frameOf = undefined
    this.touch()
  }

  /** Takes the camera there, at once or in a short flight. */
  go(pose: Pose, fly: boolean): void {
    this.#flight = fly ? { from: this.#pose, to: pose, begun: performance.now() } : undefined
    if (!fly) this.#pose = pose
    this.touch()
  }

  /** Draws at once and in full, so that the picture can be read back. */
  drawWhole(): void {
    this.#fineness(1)
    this.#scene.draw(this.#view, 1)
  }

  /** Something changed: the picture is drawn again. */
  touch(): void {
    if (this.#asked === undefined) this.#goOn()
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
      share: this.#pace.share,
      whole: this.#whole,
    }
  }

  get #view(): View {
    return { pose: this.#pose, reach: this.#reach, time: this.#travelling ? this.#journey : -1 }
  }

  #draw(now: number): void {
    this.#asked = undefined
    const begun = performance.now()
    const passed = now - this.#last
    this.#fly(begun)
    const wasMoving = this.#moving
    this.#see(begun, this.#follows ? passed : 0)
    if (this.#travelling && this.#follows) this.#journey = (this.#journey + passed / JOURNEY_MS) % 1
    this.#whole = this.#moving ? this.#drawMoving() : this.#drawResting()
    this.#tell()
    this.#frames++
    note(this.#script, performance.now() - begun)
    if (this.#follows) {
      note(this.#between, passed)
      if (this.#moving && wasMoving) this.#pace.note(passed)
    }
    this.#last = now
    this.#follows = this.#travelling || this.#moving || !this.#whole
    if (this.#follows) this.#goOn()
  }

  /** Does the camera move? Where frames take long, a hand that moves is not seen to move in each of them. */
  #see(now: number, frame: number): void {
    if (this.#frameOf !== this.#pose) {
      this.#moving = true
      this.#moved = now
    } else if (now - this.#moved >= Math.max(REST_MS, REST_FRAMES * frame)) this.#moving = false
  }

  /** Draws; was nothing left out? */
  #drawMoving(): boolean {
    const { share } = this.#pace
    this.#fineness(share)
    this.#drawn = this.#scene.draw(this.#view, share)
    return share === 1
  }

  #drawResting(): boolean {
    this.#fineness(1)
    const { whole, ...drawn } = this.#scene.drawGrowing(this.#view, this.#pace.share)
    this.#drawn = drawn
    return whole
  }

  #goOn(): void {
    this.#asked = requestAnimationFrame((now) => this.#draw(now))
  }

  #fineness(share: number): void {
    const ratio = this.#ratio * share
    if (ratio === this.#drawnRatio) return
    this.#scene.resize(this.#width, this.#height, ratio, this.#ratio)
    this.#drawnRatio = ratio
  }

  #tell(): void {
    if (this.#frameOf === this.#pose) return
    this.#frameOf = this.#pose
    this.#frame = new Frame(this.#pose, this.#width, this.#height)
    this.onFrame(this.#frame)
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
