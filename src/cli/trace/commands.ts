/** The command that keeps a run, and what it takes. */

import type { Command } from 'commander'
import type { Console } from '../console.ts'
import { EDITS, withModel, withOutput } from '../options.ts'

export function addTrace(program: Command, console: Console): void {
  const command = program
    .command('trace')
    .description(
      'Reads a text and keeps everything the model made of it in one file: tokens, queries, keys, values, the stream, what heads and steps add. Any attention weight can be had from it later, without the model.',
    )
    .argument('<text>', 'the text; - reads standard input')
    .option('--out <file>', 'the file', 'trace.safetensors')
    .option(...EDITS)
    .option('--target <text>', 'of an encoder–decoder: what it wrote (default: what it writes in answer, without edits)')
    .option('--no-logits', 'leave out the scores of the vocabulary, which are often the most')
  withOutput(withModel(command), 'what each layer adds')
    .addHelpText('after', EXAMPLES)
    .action(async (text, options) => {
      const { traceCommand } = await import('./trace.ts')
      await traceCommand(text, options, console)
    })
}

const EXAMPLES = `
Examples:
  regard trace "The cat sat because it was tired." --out cat.safetensors
  regard trace "The cat sat because it was tired." --edits '{"cut":"edge","from":"it","to":"cat"}' --out cut.safetensors
  regard trace "the third of may twenty twenty one" --model translator --out date.safetensors

The file is a safetensors file (docs/lens/trace.md); openTrace of regard/lens opens it, and one that was written elsewhere.`
