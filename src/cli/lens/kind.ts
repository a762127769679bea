/** `--kind` and what goes with it: which attention of an encoder–decoder a command looks at, and what it wrote. */

import { type Command, Option } from 'commander'
import type { AttentionKind } from '../../model/index.ts'
import { Usage } from '../program.ts'

export interface KindOptions {
  readonly kind?: AttentionKind | undefined
  /** What it wrote. Default: what it writes of its own accord. */
  readonly target?: string | undefined
}

export function withKind(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--kind <which>',
        'of an encoder–decoder: its encoder looks at what is read (default), its decoder at what is written, cross from what is written at what is read',
      ).choices(['encoder', 'decoder', 'cross']),
    )
    .option('--target <text>', 'for decoder and cross: what was written (default: what the model itself writes in answer)')
}

/** The tokens that look, by what they are or by what is written at their place. */
export interface WhoOptions extends KindOptions {
  /** WORD or WORD:nth */
  readonly from?: string | undefined
  readonly writing?: string | undefined
}

/** `from`: the option that names the word itself. */
export function withWriting(command: Command, from = '--from'): Command {
  return withKind(command).option(
    '--writing <word[:nth]>',
    `for decoder and cross: the looks by which this was written, those of the place before it (instead of ${from})`,
  )
}

/** Vectors are of one side: of what is read, or (where something was written for it) of what is written. */
export function ofOneSide(options: KindOptions): KindOptions {
  if (options.kind === 'cross')
    throw new Usage('--kind cross: vectors are of what is read or of what is written; choose encoder or decoder')
  return options.target === undefined ? options : { ...options, kind: options.kind ?? 'decoder' }
}

/** One of the two, at most; with `needed`, at least. */
export function checkWho({ from, writing }: WhoOptions, needed: boolean, option = '--from'): void {
  if (from !== undefined && writing !== undefined) throw new Usage(`${option} and --writing: choose one of them`)
  if (needed && from === undefined && writing === undefined)
    throw new Usage(`who looks? Name the word with ${option}, as in ${option} it`)
}
