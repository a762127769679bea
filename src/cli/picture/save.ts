/** `--svg FILE` and `--png FILE`: pictures for papers, beside what is printed. */

import { writeFile } from 'node:fs/promises'
import { type Picture, toPng, toSvg, unwritable } from '../../picture/index.ts'
import { Problem } from '../problem.ts'

export interface Wanted {
  readonly svg?: string | undefined
  readonly png?: string | undefined
}

/** Writes what is wanted; returns a line for each file, with what it lacks. */
export async function savePicture(wanted: Wanted, make: () => Picture): Promise<string[]> {
  if (wanted.svg === undefined && wanted.png === undefined) return []
  const picture = make()
  const told: string[] = []
  if (wanted.svg !== undefined) {
    await write('--svg', wanted.svg, toSvg(picture))
    told.push(`wrote ${wanted.svg}`)
  }
  if (wanted.png !== undefined) {
    await write('--png', wanted.png, await toPng(picture))
    told.push(`wrote ${wanted.png}${lacking(picture)}`)
  }
  return told
}

/** PNG is lettered with strokes of our own, which know Latin letters. */
function lacking({ marks }: Picture): string {
  const boxes = unwritable(marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : [])).join(''))
  if (boxes.length === 0) return ''
  const some = boxes.slice(0, 8).join(' ')
  return ` (${boxes.length > 8 ? `${some} …` : some} drawn as empty boxes: PNG lettering knows Latin letters alone; --svg has them all)`
}

async function write(option: string, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content)
  } catch (error) {
    throw new Problem(`${option}: cannot write ${JSON.stringify(path)}: ${(error as Error).message.split(',')[0]}`)
  }
}
