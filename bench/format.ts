/** Numbers as people read them. */

import type { Work } from './work.ts'

/** 0.0412 → "41.2 µs"; 3.21 → "3.21 ms"; 1520 → "1.52 s" */
export function time(ms: number): string {
  if (ms < 1) return `${digits(ms * 1000)} µs`
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`
}

/** What a call took; tokens a second beside it where a call is a token. */
export function callTime(ms: number, work: Work): string {
  return work.kind === 'model' && work.task === 'decode' ? `${time(ms)} (${digits(1000 / ms)}/s)` : time(ms)
}

/** Three significant digits, no exponent. */
export function digits(x: number): string {
  if (!Number.isFinite(x)) return '–'
  const size = Math.abs(x)
  return x.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}

/** Two processes that do the same differ by less than this, in MiB. */
const NOISE = 4

/** An amount of memory that was measured between processes. */
export function bytes(n: number | undefined): string {
  if (n === undefined) return '–'
  const mebi = n / 2 ** 20
  if (mebi < NOISE) return `< ${NOISE} MiB`
  return mebi < 1024 ? `${mebi.toFixed(0)} MiB` : `${(mebi / 1024).toFixed(1)} GiB`
}

export function error(x: number): string {
  return Number.isFinite(x) ? x.toExponential(0) : 'NaN'
}

export function threadCount(threads: number): string {
  return `${threads} thread${threads === 1 ? '' : 's'}`
}
