/** One question to the hub: tried again where that helps, redirected with care, refused in words that help. */

import { HubError } from './error.ts'
import type { HubName } from './name.ts'
import type { HubSettings } from './settings.ts'

export interface Question {
  readonly method?: 'GET' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  /** Ends the question, and the reading of its answer. */
  readonly signal?: AbortSignal
}

export interface Hub {
  readonly name: HubName
  readonly settings: HubSettings
}

const REDIRECTS = [301, 302, 303, 307, 308]
/** Statuses of a server that may do better in a moment. */
const AGAIN = [408, 429, 500, 502, 503, 504]
/** Nobody is there: asking again at once will not help. */
const NOBODY = ['ENOTFOUND', 'ECONNREFUSED', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']
/** The longest that a server's wish to wait is granted, in seconds. */
const LONGEST_WAIT = 60
const MOST_REDIRECTS = 8

/**
 * The answer of `url`, behind all redirects but one that already tells of the file (`x-linked-etag`) where only that is asked for.
 * Undefined where the hub says that the repository has no such file. The token goes to the endpoint alone.
 */
export async function ask(hub: Hub, url: URL, question: Question = {}): Promise<Response | undefined> {
  const { attempts, pause } = hub.settings
  for (let tried = 1; ; tried++) {
    const reply = await follow(hub, url, question)
    if (reply instanceof Error) {
      if (tried === attempts || isNobody(reply) || question.signal?.aborted) throw unreachable(hub, url, reply)
      await sleep(pause * 2 ** (tried - 1))
    } else if (AGAIN.includes(reply.status) && tried < attempts) {
      await reply.body?.cancel()
      await sleep(waitOf(reply, hub, pause * 2 ** (tried - 1)))
    } else return accept(hub, url, reply)
  }
}

async function follow(hub: Hub, first: URL, question: Question): Promise<Response | Error> {
  let url = first
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const reply = await once(hub, url, question)
    if (reply instanceof Error || !REDIRECTS.includes(reply.status)) return reply
    if (question.method === 'HEAD' && reply.headers.has('x-linked-etag')) return reply
    const to = reply.headers.get('location')
    await reply.body?.cancel()
    if (!to || !URL.canParse(to, url)) throw new HubError(`${url.href}: redirects to ${JSON.stringify(to)}`, 'answer')
    url = new URL(to, url)
    if (!/^https?:$/.test(url.protocol))
      throw new HubError(`${first.href}: redirects to ${url.protocol}, which is refused`, 'answer')
  }
  throw new HubError(`${first.href}: redirects more than ${MOST_REDIRECTS} times`, 'answer')
}

async function once({ settings }: Hub, url: URL, question: Question): Promise<Response | Error> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`no answer in ${settings.patience / 1000} s`)), settings.patience)
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'regard', ...question.headers }
  if (settings.token && url.origin === new URL(settings.endpoint).origin) headers.authorization = `Bearer ${settings.token}`
  try {
    return await fetch(url, {
      method: question.method ?? 'GET',
      headers,
      redirect: 'manual',
      signal: question.signal ? AbortSignal.any([question.signal, late.signal]) : late.signal,
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    clearTimeout(timer)
  }
}

function isNobody(error: Error): boolean {
  return NOBODY.includes((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '')
}

function unreachable({ settings }: Hub, url: URL, error: Error): HubError {
  const why = (error.cause as Error | undefined)?.message || error.message
  return new HubError(
    `${url.origin === settings.endpoint ? settings.endpoint : url.href}: cannot be reached (${why})`,
    'unreachable',
  )
}

/** In milliseconds: what `Retry-After` asks for, in seconds or as a date. */
function waitOf(reply: Response, { settings }: Hub, usual: number): number {
  const said = reply.headers.get('retry-after')
  if (!said) return usual
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000
  if (seconds > LONGEST_WAIT)
    throw new HubError(
      `${settings.endpoint}: answered ${reply.status} and asks to wait ${Math.ceil(seconds)} s; try again then${settings.token ? '' : ', or set HF_TOKEN: known readers may ask more often'}`,
      'unreachable',
    )
  return Math.max(usual, (seconds || 0) * 1000)
}

async function accept(hub: Hub, url: URL, reply: Response): Promise<Response | undefined> {
  if (reply.ok || REDIRECTS.includes(reply.status)) return reply
  const code = reply.headers.get('x-error-code')
  // The answer to a range beyond the end is for the one who asked.
  if (reply.status === 416) return reply
  await reply.body?.cancel()
  if (code === 'EntryNotFound') return undefined
  throw refusal(hub, url, reply, code)
}

function refusal({ name, settings }: Hub, url: URL, reply: Response, code: string | null): HubError {
  const { repository, revision } = name
  const { endpoint, token } = settings
  const page = `${endpoint}/${repository}`
  if (code === 'GatedRepo' || code === 'DisabledRepo')
    return new HubError(
      code === 'DisabledRepo'
        ? `${page}: the hub has disabled this model`
        : `${page}: is gated; accept its terms on that page, ${token ? 'with the account that HF_TOKEN belongs to' : 'then set HF_TOKEN to a token of that account'}`,
      'gated',
    )
  if (code === 'RevisionNotFound') return new HubError(`${page}: has no revision ${JSON.stringify(revision)}`, 'unknown')
  const hidden = token ? 'or HF_TOKEN does not open it' : 'or it is private, and HF_TOKEN is not set'
  if (code === 'RepoNotFound' || reply.status === 401 || reply.status === 404)
    return new HubError(
      `there is no folder ${JSON.stringify(repository)}, and ${endpoint} has no model of that name, ${hidden}`,
      'unknown',
    )
  const said = reply.headers.get('x-error-message') ?? reply.statusText
  const fault = AGAIN.includes(reply.status) ? 'unreachable' : 'answer'
  return new HubError(`${url.href}: the server answered ${reply.status} ${said}`.trimEnd(), fault)
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds))
}
