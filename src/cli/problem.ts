/** What goes wrong for reasons the reader can do something about: one line that says what, why and what to do. */

export class Problem extends Error {
  override name = 'Problem'
}

/** The reader ended the program: nothing is wrong, and nothing more is said. */
export class Interrupted extends Error {
  override name = 'Interrupted'
}

/** Any error as one line. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\s*\n\s*/g, ' ').trim() || 'something failed without saying what (run it again with --debug)'
}
