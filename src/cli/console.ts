/** What a command may touch of the world: where it prints, what it reads, whom it tells. Tests bring their own. */

import type { Screen } from './terminal/screen.ts'

export interface Console {
  readonly screen: Screen
  /** Finished text. A command that fails has printed nothing. */
  print(text: string): void
  /** Text as it comes, with nothing added. */
  write(text: string): void
  /** A line that is replaced by the next and wiped when empty; for terminals only. */
  progress(line: string): void
  /** All of standard input. */
  input(): Promise<string>
  /** Settles when the reader ends the program (Ctrl-C). */
  ended(): Promise<void>
}
