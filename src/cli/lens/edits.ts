/** `--edits`: what is done to a model while it reads or writes. */

import { readFile } from 'node:fs/promises'
import { type Edits, readEdits } from '../../model/index.ts'
import { Problem } from '../problem.ts'
import { Usage } from '../program.ts'

const SUCH = 'give JSON such as {"cut":"edge","from":"it","to":"cat"}, or a file of it'

/** What begins like JSON is JSON, all else names a file. Whether the edits fit the text shows when it is read. */
export async function editsOf(given: string | undefined): Promise<Edits | undefined> {
  if (given === undefined) return undefined
  const json = /^\s*[[{]/.test(given) ? given : await read(given)
  try {
    const edits = JSON.parse(json) as Edits
    readEdits(edits)
    return edits
  } catch (error) {
    throw new Usage(`--edits: ${(error as Error).message}; ${SUCH}`)
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new Problem(`--edits: there is no file ${JSON.stringify(file)}; ${SUCH}`)
  }
}
