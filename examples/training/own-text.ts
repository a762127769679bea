/**
 * A recipe for a model of your own text: a small causal model that learns to write on. Put your text beside this file, or name it:
 *
 *     TEXT=my-diary.txt regard train examples/training/own-text.ts
 *     regard generate "Dear diary" --model trained/own-text
 *
 * Stop it with Ctrl-C whenever you like; --resume goes on.
 */

import { readFileSync } from 'node:fs'

const file = process.env.TEXT ?? new URL('../../README.md', import.meta.url)

export default {
  name: 'own-text',
  texts: readFileSync(file, 'utf8').split(/\n\s*\n/),
  steps: 500,
}
