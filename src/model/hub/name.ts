/** Names of models on the hub: `org/name`, or `org/name@revision` for a branch, a tag or a commit. */

export interface HubName {
  readonly repository: string
  /** Branch, tag or commit. Default 'main'. */
  readonly revision: string
}

const PART = /^(?![-.])(?!.*(--|\.\.))[\w.-]{1,96}(?<![-.]|\.git)$/
const REVISION = /^(?!.*(\.\.|\/\/))[\w.-][\w./-]{0,254}(?<!\/)$/

/** Undefined for what cannot be such a name: a path, an address, a single word. */
export function hubName(text: string): HubName | undefined {
  const [repository = '', ...rest] = text.split('@')
  const parts = repository.split('/')
  if (parts.length !== 2 || !parts.every((part) => PART.test(part)) || rest.length > 1) return undefined
  const revision = rest[0] ?? 'main'
  return REVISION.test(revision) ? { repository, revision } : undefined
}

/** Does `text` have the form of a model's name on the hub? */
export function isHubName(text: string): boolean {
  return hubName(text) !== undefined
}

/** Commits are named by 40 hexadecimal digits, and never change. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision)
}
