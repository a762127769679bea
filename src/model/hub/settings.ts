/** Where the hub and its cache are: from the variables that all Hugging Face tools read. */

import { nodeModule } from '../source.ts'

export interface HubSettings {
  /** HF_ENDPOINT. Default https://huggingface.co */
  readonly endpoint: string
  /** HF_TOKEN, else what `hf auth login` left in HF_TOKEN_PATH or HF_HOME/token. */
  readonly token: string | undefined
  /** HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub. */
  readonly cache: string
  /** HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE: nothing is asked of the hub. */
  readonly offline: boolean
  /** HF_HUB_DOWNLOAD_TIMEOUT: how long the hub may say nothing, in milliseconds. Default 10 s. */
  readonly patience: number
  /** How often in a row an answer may fail before it is an error. */
  readonly attempts: number
  /** How long to wait after the first failure, in milliseconds; twice as long after each further one. */
  readonly pause: number
}

type Environment = Readonly<Record<string, string | undefined>>

export const HUB = 'https://huggingface.co'

/** Reads the environment and, where the token is not in it, the token's file. */
export async function hubSettings(env: Environment = process.env): Promise<HubSettings> {
  const { join } = nodeModule('node:path')
  const { homedir } = nodeModule('node:os')
  const path = (text: string): string => text.replace(/^~(?=$|[\\/])/, homedir())
  const home = path(env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface'))
  const seconds = Number(env.HF_HUB_DOWNLOAD_TIMEOUT)
  return {
    endpoint: env.HF_ENDPOINT ? endpointOf(env.HF_ENDPOINT, 'HF_ENDPOINT') : HUB,
    token: env.HF_TOKEN?.trim() || (await tokenFrom(path(env.HF_TOKEN_PATH || join(home, 'token')), env)),
    cache: path(env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub')),
    offline: isOn(env.HF_HUB_OFFLINE) || isOn(env.TRANSFORMERS_OFFLINE),
    patience: seconds > 0 ? seconds * 1000 : 10_000,
    attempts: 5,
    pause: 500,
  }
}

/** A hub's address, without a slash at its end. `what`: where it was said. */
export function endpointOf(text: string, what: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw new Error(`${what} must be an http: or https: address, got ${JSON.stringify(text)}`)
  return text.replace(/\/+$/, '')
}

async function tokenFrom(path: string, env: Environment): Promise<string | undefined> {
  if (isOn(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined
  const { readFile } = nodeModule('node:fs/promises')
  return (await readFile(path, 'utf8').catch(() => '')).trim() || undefined
}

function isOn(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '')
}
