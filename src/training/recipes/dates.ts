/** Dates as people say them, and as ISO 8601 writes them. */

import { hash, type Random } from '../random.ts'

export interface DatePair {
  readonly said: string
  readonly iso: string
  /** What of the words says the day, the month and the year. */
  readonly parts: { readonly day: string; readonly month: string; readonly year: string }
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const UNITS = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ')
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const ORDINALS = [
  '',
  ...'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth'.split(
    ' ',
  ),
  ...'seventeenth eighteenth nineteenth twentieth'.split(' '),
]
const FIRST = 1900
const YEARS = 150

function number(value: number): string {
  if (value < 10) return UNITS[value]!
  if (value < 20) return TEENS[value - 10]!
  return value % 10 === 0 ? TENS[value / 10]! : `${TENS[Math.floor(value / 10)]} ${UNITS[value % 10]}`
}

function ordinal(value: number): string {
  if (value <= 20) return ORDINALS[value]!
  if (value === 30) return 'thirtieth'
  return `${TENS[Math.floor(value / 10)]} ${ORDINALS[value % 10]}`
}

/** 1984: nineteen eighty four; 1905: nineteen oh five; 2000: two thousand; 2007: two thousand seven; 2021: twenty twenty one. */
export function yearInWords(year: number): string {
  const [century, rest] = [Math.floor(year / 100), year % 100]
  if (rest === 0) return century % 10 === 0 ? `${UNITS[century / 10]} thousand` : `${number(century)} hundred`
  if (rest >= 10) return `${number(century)} ${number(rest)}`
  return century % 10 === 0 ? `${UNITS[century / 10]} thousand ${UNITS[rest]}` : `${number(century)} oh ${UNITS[rest]}`
}

const FORMS: readonly ((day: string, month: string, year: string) => string)[] = [
  (day, month, year) => `the ${day} of ${month} ${year}`,
  (day, month, year) => `${month} the ${day}, ${year}`,
  (day, month, year) => `the ${day} day of ${month} in the year ${year}`,
  (day, month, year) => `in ${year}, on the ${day} of ${month}`,
  (day, month, year) => `${month} ${day}, ${year}`,
  (day, month, year) => `on ${month} the ${day} of the year ${year}`,
]

/** One date in twenty is never seen in training, however it is said. */
export function isHeldOut(iso: string): boolean {
  return hash('date', iso) % 20 === 0
}

export function datePair(random: Random, heldOut: boolean): DatePair {
  for (;;) {
    const days = random.below(YEARS * 365)
    const date = new Date(Date.UTC(FIRST, 0, 1) + days * 86_400_000)
    const iso = date.toISOString().slice(0, 10)
    if (isHeldOut(iso) !== heldOut) continue
    const parts = {
      day: ordinal(date.getUTCDate()),
      month: MONTHS[date.getUTCMonth()]!,
      year: yearInWords(date.getUTCFullYear()),
    }
    return { said: random.pick(FORMS)(parts.day, parts.month, parts.year), iso, parts }
  }
}

/** Every word that a date is said with. */
export function dateWords(): string[] {
  const words = [...UNITS, ...TEENS, ...TENS, ...ORDINALS, 'thirtieth', 'thousand', 'hundred', 'oh', ...MONTHS]
  return [...new Set([...words, 'the', 'of', 'in', 'on', 'day', 'year'])].filter(Boolean).map((word) => word.toLowerCase())
}
