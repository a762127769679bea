/** The command that cuts links, and what it takes. */

import { type Command, Option } from 'commander'
import type { Console } from '../console.ts'
import { withWriting } from '../lens/kind.ts'
import { integer, withModel, withOutput } from '../options.ts'

export function addCut(program: Command, console: Console): void {
  const command = program
    .command('cut')
    .description(
      'Cuts the look of one word at another and says what that changes, by running the model again. Without --to, every look of the word, one after another.',
    )
    .argument('<text>', 'the text; - reads standard input')
    .option('--from <word[:nth]>', 'the word that looks; it:2 is the second "it"')
    .option('--to <word[:nth]>', 'the word looked at')
    .option('--layer <n>', 'cut in this layer alone (they count from 0; default: all)', integer)
    .option('--head <n>', 'cut in this head alone (default: all)', integer)
    .option(
      '--measure <what>',
      'cosine (default: 1 − cosine of the last hidden vector of the word that looks), embedding, kl, logit:WORD, probability:WORD, log-probability:WORD, difference:WORD,WORD, restored:WORD',
    )
    .option('--at <word[:nth]>', 'measure there (default: at the word that looks)')
    .addOption(
      new Option('--how <when>', 'before the softmax (default), so that other looks grow; or after it').choices([
        'before',
        'after',
      ]),
    )
  withOutput(withModel(withWriting(command)), 'what was cut: head by head, or word by word')
    .addHelpText('after', EXAMPLES)
    .action(async (text, options) => {
      const { cutCommand } = await import('./cut.ts')
      await cutCommand(text, options, console)
    })
}

const EXAMPLES = `
Examples:
  regard cut "The animal didn't cross the street because it was too tired." --from it --to animal
  regard cut "The animal didn't cross the street because it was too tired." --from it --to animal --layer 3 --head 1
  regard cut "The cat sat on the mat." --from sat                     what mattered to "sat"
  regard cut "The cat sat on the mat." --from sat --to cat --measure embedding
  regard cut "Once upon a" --from a --measure "logit: time" --model ./gpt2
  regard cut "the third of may twenty twenty one" --writing 05 --to may --model translator`
