/** Files that strangers wrote, checked before they are believed. */

import type { z } from 'zod'

/** Validates `value`; throws one line that names the file, the field and both sides. */
export function check<T>(schema: z.ZodType<T>, value: unknown, label: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  const field = path.length > 0 ? `${path.join('.')}: ` : ''
  throw new Error(`${label}: ${field}${message}`)
}

/** Of what is said of a file, in characters. */
const LONGEST = 600

/** Does `work`. Errors quote what files say: they stay one line of plain characters, and of a very long one the middle is left out. */
export async function briefly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && brief(error.message) !== error.message) error.message = brief(error.message)
    throw error
  }
}

export function brief(message: string): string {
  const half = LONGEST / 2
  const line = message.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return line.length > LONGEST ? `${line.slice(0, half)} … ${line.slice(-half)}` : line
}
