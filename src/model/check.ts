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
