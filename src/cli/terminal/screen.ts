/** What the text will be shown on. */

import { WriteStream } from 'node:tty'

/** Bits of colour: 24 (true colour), 8 (256), 4 (16), 0 (none). */
export type Depth = 0 | 4 | 8 | 24

export interface Screen {
  /** Nothing is drawn wider than this. */
  readonly columns: number
  /** How many lines are in sight; undefined where the text goes to a file or a pipe. */
  readonly rows: number | undefined
  readonly depth: Depth
  /** Is the background dark? Terminals that tell say so in COLORFGBG; undefined for the others. */
  readonly dark: boolean | undefined
}

/** The part of a stream that is looked at. */
export interface Surface {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Where nothing tells the width. */
const USUAL = 80

/** A pipe is 80 columns wide unless COLUMNS says otherwise, and has no colours unless FORCE_COLOR does. */
export function screenOf(stream: Surface, env: Environment): Screen {
  const said = Number.parseInt(env.COLUMNS ?? '', 10)
  const columns = (stream.isTTY ? stream.columns : undefined) || (said > 0 ? said : USUAL)
  return {
    columns,
    rows: stream.isTTY ? stream.rows || undefined : undefined,
    depth: depthOf(stream, env),
    dark: darkOf(env.COLORFGBG),
  }
}

/**
 * FORCE_COLOR (0, 1, 2, 3 for none, 16, 256, all; otherwise at least 16) wins over NO_COLOR (any text), as it does in Node;
 * then a pipe has none, and a terminal has what it says it has.
 */
function depthOf(stream: Surface, env: Environment): Depth {
  const forced = env.FORCE_COLOR
  const without = { ...env, FORCE_COLOR: undefined, NO_COLOR: undefined, NODE_DISABLE_COLORS: undefined }
  if (forced !== undefined) {
    const fixed: Record<string, Depth> = { '0': 0, false: 0, '1': 4, '2': 8, '3': 24 }
    return fixed[forced] ?? (Math.max(4, terminalDepth(without)) as Depth)
  }
  if (env.NO_COLOR || !stream.isTTY) return 0
  return terminalDepth(without)
}

/** Node's own table of terminals. */
function terminalDepth(env: Environment): Depth {
  const named = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))
  const depth = WriteStream.prototype.getColorDepth(named)
  return depth === 1 ? 0 : (depth as Depth)
}

/** COLORFGBG is "foreground;background" in the 16 colours: 7 and 9 … 15 are light. */
function darkOf(said: string | undefined): boolean | undefined {
  const background = Number.parseInt(said?.split(';').at(-1) ?? '', 10)
  if (!(background >= 0 && background <= 15)) return undefined
  return background < 7 || background === 8
}
