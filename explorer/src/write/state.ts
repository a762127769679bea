/** What Write keeps in the address: the tokens that were written, and how the next is drawn. */

import type { Draw } from '../engine/questions/write.ts'
import type { Own } from '../state/fragment.ts'

/**
 * `written=1x7fk3.262.1169`: a mark of the text and the model that the tokens belong to, then their ids. Under another text or model they
 * mean nothing, and nothing counts as written.
 */
export function formatWritten(ids: readonly number[], text: string, model: string): string | undefined {
  return ids.length === 0 ? undefined : [markOf(text, model), ...ids].join('.')
}

export function parseWritten(field: string | undefined, text: string, model: string): readonly number[] {
  const [mark, ...ids] = (field ?? '').split('.')
  const whole = ids.every((id) => /^\d{1,9}$/.test(id))
  return whole && mark === markOf(text, model) ? ids.map(Number) : []
}

/** FNV-1a over the UTF-16 units, 32 bits. */
function markOf(text: string, model: string): string {
  let hash = 0x811c9dc5
  for (const unit of `${model}\n${text}`.split('')) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193)
  return (hash >>> 0).toString(36)
}

/** The likeliest always; once chance is asked for, with this seed. */
export const DEFAULT: Draw = { temperature: 0, seed: 1 }

/** What makes no sense is as if it were not there. */
export function parseDraw({ temperature, topk, topp, seed }: Own): Draw {
  const number = (field: string | undefined, holds: (x: number) => boolean): number | undefined => {
    const x = field === undefined || field.trim() === '' ? Number.NaN : Number(field)
    return Number.isFinite(x) && holds(x) ? x : undefined
  }
  const topK = number(topk, (x) => Number.isInteger(x) && x >= 1)
  const topP = number(topp, (x) => x > 0 && x < 1)
  return {
    temperature: number(temperature, (x) => x >= 0 && x <= 100) ?? DEFAULT.temperature,
    seed: number(seed, (x) => Number.isInteger(x) && x >= 0 && x < 2 ** 32) ?? DEFAULT.seed,
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
  }
}

/** Fields for the address; what is as by default is left out. */
export function formatDraw({ temperature, topK, topP, seed }: Draw): Record<string, string | undefined> {
  return {
    temperature: temperature === DEFAULT.temperature ? undefined : String(temperature),
    topk: topK?.toString(),
    topp: topP?.toString(),
    seed: seed === DEFAULT.seed ? undefined : String(seed),
  }
}
