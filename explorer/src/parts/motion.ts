/** Motion for those who did not ask for less of it. */

const less = matchMedia('(prefers-reduced-motion: reduce)')

export const still = (): boolean => less.matches

/** Calls `draw` with 0 … 1 over `ms`, eased at both ends; at once with 1 where motion is not wanted. → how to stop it. */
export function play(ms: number, draw: (share: number) => void): () => void {
  if (still()) {
    draw(1)
    return () => {}
  }
  let frame = 0
  let from: number | undefined
  const step = (now: number): void => {
    from ??= now
    const t = Math.min(1, (now - from) / ms)
    draw(t * t * (3 - 2 * t))
    if (t < 1) frame = requestAnimationFrame(step)
  }
  frame = requestAnimationFrame(step)
  return () => cancelAnimationFrame(frame)
}
