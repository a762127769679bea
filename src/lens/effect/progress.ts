/** Long work that tells how far it is and can be called off. */

import { breath } from '../breath.ts'

export interface Progress {
  /** Hears how many of how many runs are done. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
  /** Calls the work off: its promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** → to be awaited between pieces of work, and told how much more is done. Lets others in. */
export function steps({ onProgress, signal }: Progress, total: number): (more: number) => Promise<void> {
  const turn = breath(signal)
  let done = 0
  return async (more) => {
    done += more
    if (more > 0) onProgress?.({ done, total })
    await turn()
  }
}
