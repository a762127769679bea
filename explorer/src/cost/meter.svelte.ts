/**
 * The measurement: length after length, as many as fit into a few seconds, or as far as the reader asks. It outlives the view, so that coming
 * back shows what was measured; it does not go on without it.
 */

import type { Requests } from '../engine/protocol.ts'
import type { Timed } from '../engine/questions/cost.ts'

/** Lengths double. */
export const LENGTHS: readonly number[] = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
/** Unasked, no length is begun that would take the whole beyond this. */
const BUDGET_MS = 5000
/** Twice the length is four times the work of the dense pattern. */
const GROWTH = 4

/** How a measurement ended. */
export type End = 'budget' | 'asked' | 'stopped' | 'failed'

class Meter {
  /** What was measured, shortest first. */
  points = $state.raw<readonly Timed[]>([])
  /** How many keys the window has of which `points` tells. */
  window = $state(256)
  /** The length that is being measured, and the share of it that is done. */
  measuring = $state<{ readonly n: number; readonly share: number }>()
  end = $state<End>()
  problem = $state<string>()
  /** When the last length was done. */
  at = $state.raw<Date>()
  #asking: AbortController | undefined

  /** The next length; undefined after the last. */
  readonly next = $derived(LENGTHS[this.points.length])

  /** Measures on: to `upTo` tokens, or as far as the time goes. Another window begins anew. */
  async measure(requests: Requests, { window, upTo }: { window: number; upTo: number | undefined }): Promise<void> {
    this.stop()
    if (window !== this.window) this.clear()
    this.window = window
    const asking = new AbortController()
    this.#asking = asking
    this.end = undefined
    this.problem = undefined
    try {
      this.end = await this.#lengths(requests, upTo, asking.signal)
    } catch (error) {
      if (this.#asking !== asking) return
      this.end = asking.signal.aborted ? 'stopped' : 'failed'
      if (error instanceof Error && error.name === 'Refused' && !asking.signal.aborted) this.problem = error.message
    }
    if (this.#asking === asking) this.measuring = undefined
  }

  async #lengths(requests: Requests, upTo: number | undefined, signal: AbortSignal): Promise<End> {
    let [spent, last] = [0, 0]
    for (let n = this.next; n !== undefined; n = this.next) {
      if (upTo === undefined ? spent + GROWTH * last > BUDGET_MS : n > upTo) return upTo === undefined ? 'budget' : 'asked'
      const length = n
      this.measuring = { n, share: 0 }
      const progress = (share: number): void => {
        if (!signal.aborted) this.measuring = { n: length, share }
      }
      const timed = await requests.ask('timed', { n, window: this.window }, { signal, progress })
      last = timed.took
      spent += last
      this.points = [...this.points, timed]
      this.at = new Date()
    }
    return 'asked'
  }

  stop(): void {
    this.#asking?.abort(new Error('stopped'))
  }

  clear(): void {
    this.stop()
    this.points = []
    this.end = undefined
    this.problem = undefined
    this.at = undefined
  }
}

export const meter = new Meter()
