/** Brings the commands and the world together. Errors are one line; the exit code is 1, 2 for wrong use, 130 after Ctrl-C. */

import { text } from 'node:stream/consumers'
import type { Console } from './console.ts'
import { Interrupted, oneLine } from './problem.ts'
import { run, Usage } from './program.ts'
import { screenOf } from './terminal/screen.ts'
import { harmless } from './terminal/width.ts'

const { stdout, stderr, stdin, argv, env } = process

/** Is there a line to wipe? */
let showing = false

const world: Console = {
  screen: screenOf(stdout, env),
  print: (lines) => void stdout.write(`${lines}\n`),
  write: (part) => void stdout.write(part),
  progress: (line) => {
    if (!stderr.isTTY || (line === '' && !showing)) return
    stderr.write(`\r\u001b[K${line}`)
    showing = line !== ''
  },
  input: () => text(stdin),
  ended: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
    }),
}

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  // A reader that has seen enough (`| head`) is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })

  try {
    await run(argv.slice(2), world)
  } catch (error) {
    if (error instanceof Interrupted) process.exit(130)
    stderr.write(`regard: ${harmless(oneLine(error))}\n`)
    if (argv.includes('--debug') && error instanceof Error) stderr.write(`${error.stack}\n`)
    process.exitCode = error instanceof Usage ? 2 : 1
  }
}
