/** Long work that lets others in, and that can be called off. */

/** How long work may go on, in milliseconds, before others get their turn. */
const TURN = 25

/** → to be awaited between steps: gives way when a turn is over, and throws the signal's reason once it is aborted. */
export function breath(signal?: AbortSignal): () => Promise<void> {
  let from = performance.now()
  return async () => {
    signal?.throwIfAborted()
    if (performance.now() - from < TURN) return
    await new Promise<void>((resolve) => setTimeout(resolve))
    from = performance.now()
    signal?.throwIfAborted()
  }
}
