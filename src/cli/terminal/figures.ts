/** Numbers as they are read. */

/** "67.7 %"; what is above nothing but below one per cent is "<1 %", and only nothing is "0 %". */
export function percent(share: number): string {
  if (share === 0) return '0 %'
  if (share < 0.01) return '<1 %'
  if (share < 1 && share >= 0.9995) return '>99.9 %'
  return `${(100 * share).toFixed(1)} %`
}

/** Milliseconds below ten seconds, with as many digits as mean something. */
export function duration(ms: number): string {
  if (ms < 1) return '<1 ms'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** Decimal units, as files are sold: 1 MB is 10⁶ bytes. */
export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, n)) / 3)))
  return at === 0 ? `${n} B` : `${(n / 1000 ** at).toFixed(1)} ${units[at]}`
}

/** 22 713 216: groups of three, a no-break space between them. */
export function whole(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, '\u00a0')
}

/** A float32 in the fewest digits that give it back. */
export function short(value: number): number {
  return Number(value.toPrecision(9))
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}
