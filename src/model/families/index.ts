/** The families that Regard knows. A new one is a file beside this and a line here. */

import { z } from 'zod'
import { check } from '../check.ts'
import { bert } from './bert.ts'
import type { Family } from './family.ts'

const FAMILIES: readonly Family[] = [bert]

export const FAMILY_NAMES: readonly string[] = FAMILIES.map((family) => family.name)

const anyConfig = z.looseObject({ model_type: z.string().nullish(), architectures: z.array(z.string()).nullish() })

/** The family that a config.json belongs to; one that Regard does not know is refused by name. */
export function familyOf(json: unknown, label: string): Family {
  const { model_type: type, architectures } = check(anyConfig, json, label)
  const found = FAMILIES.find((family) => family.name === type)
  if (found) return found
  const name = type ?? architectures?.[0]
  const said =
    name === undefined || name === null ? 'it names no model_type' : `model_type ${JSON.stringify(name)} is not supported`
  throw new Error(`${label}: ${said}; Regard reads ${FAMILY_NAMES.join(', ')}`)
}
