/** The families that Regard knows. A new one is a file beside this and a line here. */

import { z } from 'zod'
import { check } from '../check.ts'
import { bart, marian } from './bart.ts'
import { bert } from './bert.ts'
import { bloom } from './bloom.ts'
import { distilbert } from './distilbert.ts'
import type { Family } from './family.ts'
import { gemma2, gemma3 } from './gemma.ts'
import { gptNeox } from './gpt-neox.ts'
import { gptOss } from './gpt-oss.ts'
import { gpt2 } from './gpt2.ts'
import { llama } from './llama.ts'
import { mistral } from './mistral.ts'
import { modernbert } from './modernbert.ts'
import { opt } from './opt.ts'
import { qwen2, qwen3 } from './qwen.ts'
import { roberta } from './roberta.ts'
import { t5 } from './t5.ts'

const FAMILIES: readonly Family[] = [
  bert,
  roberta,
  distilbert,
  modernbert,
  gpt2,
  gptNeox,
  bloom,
  opt,
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma2,
  gemma3,
  gptOss,
  t5,
  bart,
  marian,
]

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
