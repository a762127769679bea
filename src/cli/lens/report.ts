/** What a command of the lens gives out: lines for a terminal, JSON or CSV for programs, a picture for papers. */

import type { Console } from '../console.ts'
import { type Picture, savePicture, type Wanted } from '../picture/index.ts'
import { Usage } from '../program.ts'
import { short } from '../terminal/figures.ts'

export interface Output extends Wanted {
  readonly json?: boolean | undefined
  readonly csv?: boolean | undefined
}

export type Cell = string | number | undefined

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Each is made when it is asked for. */
export interface Report {
  lines(): readonly string[]
  /** Without `version`, which is added. */
  json(): object
  csv(): Table
  picture(): Picture
}

const VERSION = 1

export function checkOutput({ json, csv }: Output): void {
  if (json && csv) throw new Usage('--json and --csv: choose one of them')
}

/** Saves the pictures that are wanted and prints the rest. */
export async function give(report: Report, options: Output, console: Console): Promise<void> {
  const saved = await savePicture(options, () => report.picture())
  if (options.json) console.print(JSON.stringify({ version: VERSION, ...report.json() }, brief))
  else if (options.csv) console.print(csv(report.csv()))
  else console.print([...report.lines(), ...(saved.length > 0 ? ['', ...saved] : [])].join('\n'))
}

/** Typed arrays as lists, numbers in as many digits as a float32 needs; what is not a number is null. */
function brief(_: string, value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : short(value)
  return value instanceof Float64Array || value instanceof Float32Array ? Array.from(value) : value
}

/** RFC 4180 with plain line feeds: a cell with a comma, a quote or a line break stands in quotes. */
function csv({ columns, rows }: Table): string {
  const written = (cell: Cell): string => {
    if (cell === undefined) return ''
    const text = typeof cell === 'number' ? String(Number.isInteger(cell) ? cell : short(cell)) : cell
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [columns, ...rows].map((row) => row.map(written).join(',')).join('\n')
}
