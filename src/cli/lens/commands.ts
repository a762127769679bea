/** The commands that measure: what they take. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Console } from '../console.ts'
import { integer, positive, withModel, withOutput } from '../options.ts'
import { withKind, withWriting } from './kind.ts'

export function addMeasures(program: Command, console: Console): void {
  addCompare(program, console)
  addMeaning(program, console)
  addCost(program, console)
}

function addCompare(program: Command, console: Console): void {
  const command = program
    .command('compare')
    .description(
      'Sets weights, value-weighted norms, rollout, flow, gradient × attention and value zeroing beside what really happens when each link of a token is cut, and says how well each foresees it.',
    )
    .argument('<text>', 'the text; - reads standard input')
    .option('--token <word[:nth]>', 'the word that looks (default: the one that `regard read` opens with)')
    .option('--layer <n>', 'cut, and compare, in this layer alone (they count from 0)', integer)
    .option('--head <n>', 'and in this head of it alone', integer)
    .addOption(
      new Option(
        '--measure <what>',
        'what an effect is: 1 − cosine of the last hidden vector (default), of the sentence embedding, or KL of the words',
      ).choices(['cosine', 'kl', 'embedding']),
    )
    .addOption(
      new Option('--rows <which>', 'compare on every row, or on the one shown (default: all, up to 24 tokens)').choices([
        'all',
        'one',
      ]),
    )
  withOutput(withModel(withWriting(command, '--token')), 'the row as a grid')
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(async (text, options) => {
      const { compareCommand } = await import('./compare.ts')
      await compareCommand(text, options, console)
    })
}

function addMeaning(program: Command, console: Console): void {
  const command = program
    .command('meaning')
    .description(
      'Compares what a word means where it stands: its vectors in several texts, layer by layer, and a map of them. Without a word: how alike the tokens of one text become, and what the model would say after each layer.',
    )
    .argument('<texts...>', 'texts that have the word; - reads them from standard input, a text on each line')
    .option('--word <word>', 'the word; every place where it stands counts')
    .option('--token <word[:nth]>', 'without --word: where the model would say something (default: the last token)')
    .option('--layer <n>', 'draw the map of the vectors after this layer (they count from 0; default: the last)', integer)
  withOutput(withModel(withKind(command)), 'the map')
    .addHelpText('after', MEANING_EXAMPLES)
    .action(async (texts, options) => {
      const { meaningCommand } = await import('./meaning.ts')
      await meaningCommand(texts, options, console)
    })
}

function addCost(program: Command, console: Console): void {
  const command = program
    .command('cost')
    .description(
      'Measures what attention costs on this machine as texts grow: time with its fitted exponent, operations, bytes, and how many layers lie between two positions. With --text: what windows cost in quality.',
    )
    .option('--lengths <n,n,…>', 'these lengths (default: 1024,2048,4096,8192)', lengths)
    .option('--heads <n>', 'so many heads (default: 1)', positive)
    .option('--head-width <n>', 'so wide (default: 64)', positive)
    .option('--window <n>', 'keys that a window has (default: 256)', positive)
    .option('--text <text>', 'measure instead what windows cost this text in quality; - reads standard input')
  withOutput(withModel(command), 'time over length')
    .addHelpText('after', COST_EXAMPLES)
    .action(async (options) => {
      const { costCommand } = await import('./cost.ts')
      await costCommand(options, console)
    })
}

function lengths(text: string): number[] {
  const list = text.split(',').map((part) => part.trim())
  if (!list.every((part) => /^[1-9]\d{0,6}$/.test(part)))
    throw new InvalidArgumentError('It must be whole numbers from 1, as in 512,1024.')
  return [...new Set(list.map(Number))].sort((a, b) => a - b)
}

const COMPARE_EXAMPLES = `
Examples:
  regard compare "The animal didn't cross the street because it was too tired." --token it
  regard compare "The cat sat on the mat." --token sat --layer 3 --head 1
  regard compare "The cat sat on the mat." --csv > compared.csv
  regard compare "the third of may twenty twenty one" --writing 05 --model translator`

const MEANING_EXAMPLES = `
Examples:
  regard meaning "We sat on the bank of the river." "The bank approved the loan." --word bank
  regard meaning - --word bank --svg bank.svg < sentences.txt
  regard meaning "Once upon a time there was" --model ./gpt2
  regard meaning "the third of may twenty twenty one" --kind decoder --token 05 --model translator`

const COST_EXAMPLES = `
Examples:
  regard cost
  regard cost --lengths 512,1024,2048 --heads 8 --svg cost.svg`
