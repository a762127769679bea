/** What can go wrong between a model's name and its files. */

export type HubFault =
  /** No such model or revision, or one that this reader may not see. */
  | 'unknown'
  /** Its terms must be accepted first. */
  | 'gated'
  /** The hub cannot be reached, and what is asked for is not in the cache. */
  | 'unreachable'
  /** The hub answered with something it should not. */
  | 'answer'
  /** The bytes that came are not those that the hub announced. */
  | 'corrupt'
  /** No room on the disk. */
  | 'space'

/** One line: what was asked for, what came, and what to do. */
export class HubError extends Error {
  override name = 'HubError'
  readonly fault: HubFault

  constructor(message: string, fault: HubFault) {
    super(message)
    this.fault = fault
  }
}
