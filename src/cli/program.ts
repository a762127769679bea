/** The commands and what they take. Each is loaded when it is called, so that help and mistakes answer at once. */

import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { Console } from './console.ts'
import { addCut } from './cut/commands.ts'
import { addHeads } from './heads/commands.ts'
import { addMeasures } from './lens/commands.ts'
import { withKind } from './lens/kind.ts'
import { EDITS, head, integer, MODEL, positive, withModel } from './options.ts'
import { addTrace } from './trace/commands.ts'

/** Wrong use of the command line, as opposed to something that went wrong. */
export class Usage extends Error {
  override name = 'Usage'
}

/** Runs one command line. Throws a `Usage` for what cannot be understood, and whatever the command throws. */
export async function run(args: readonly string[], console: Console): Promise<void> {
  const program = build(console)
  if (args.length === 0) return program.outputHelp()
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    const command = program.commands.find((each) => each.name() === args[0])
    throw new Usage(`${said(error.message)}; see \`regard ${command ? `${command.name()} ` : ''}--help\``)
  }
}

/** Commander's words in the tone of the others. */
function said(message: string): string {
  return message
    .replace(/^error: /, '')
    .replaceAll("'", '"')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
}

function build(console: Console): Command {
  const { columns } = console.screen
  const program = new Command('regard')
    .description('Shows, for every word of a sentence, which other words a transformer looked at.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the commands, or one of them')
    .helpCommand(false)
    .option('--debug', 'show where an error arose')
    .configureHelp({ helpWidth: Math.max(40, columns), showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => console.print(text.trimEnd()),
      writeErr: () => {},
      getOutHelpWidth: () => Math.max(40, columns),
    })
    .exitOverride()
    .addHelpText('after', EXAMPLES)
  addRead(program, console)
  addGenerate(program, console)
  addCut(program, console)
  addHeads(program, console)
  addMeasures(program, console)
  addTrace(program, console)
  addInfo(program, console)
  addExplore(program, console)
  addOps(program, console)
  addTrain(program, console)
  addStart(program, console)
  return program
}

const SHOWN: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['--layer <n>', 'look in this layer (they count from 0)', integer],
  ['--head <n|mean>', 'look at this head, or at the mean of all', head],
]

function addRead(program: Command, console: Console): void {
  const command = program
    .command('read')
    .description(
      'Reads a text and shows who looks at whom. Without a layer and a head it opens the one with the strongest look back at a word beyond its neighbours.',
    )
    .argument('<text>', 'the text; - reads standard input')
  withModel(command)
  for (const [flags, description, parse] of SHOWN) command.option(flags, description, parse)
  withKind(command)
    .option('--token <word[:nth]>', 'rank what this word looked at; it:2 is the second "it"')
    .option('--json', 'print the numbers as JSON (described in docs/cli.md)')
    .addHelpText('after', READ_EXAMPLES)
    .action(async (text, options) => {
      const { read } = await import('./read/read.ts')
      console.print(await read(text, options, console))
    })
}

function addGenerate(program: Command, console: Console): void {
  const command = program
    .command('generate')
    .description('Writes on from a text, token by token; with --top it tells what else could have come. Ctrl-C stops at once.')
    .argument('<text>', 'the beginning; - reads standard input; for a model without a tokenizer, ids: "5 9 17"')
  withModel(command)
    .option('--max-tokens <n>', 'write at most so many tokens (default: 64)', positive)
    .option('--temperature <t>', 'divide the scores by this before drawing; 0 takes the likeliest (default: 0)', number)
    .option('--top-k <k>', 'draw among the k likeliest', positive)
    .option('--top-p <p>', 'draw among the likeliest that together have this probability', number)
    .option('--min-p <p>', "draw among those with this share of the likeliest one's probability", number)
    .option('--repetition-penalty <r>', 'make tokens that were said less likely (1: no)', number)
    .option('--seed <s>', 'the same seed draws the same text', integer)
    .option('--stop <text>', 'end where the text would say this; may be given several times', (text, all: string[] = []) => [
      ...all,
      text,
    ])
    .option('--top <n>', 'a line for each token, with the n likeliest and their probabilities', positive)
    .option(...EDITS)
    .option('--json', 'print it as JSON when all is written (described in docs/cli.md)')
    .addHelpText('after', GENERATE_EXAMPLES)
    .action(async (text, options) => {
      const { generate } = await import('./generate/generate.ts')
      await generate(text, options, console)
    })
}

function addInfo(program: Command, console: Console): void {
  const command = program.command('info').description('Says what runs here (backend, vector width, threads) and what the model is.')
  withModel(command)
    .option('--json', 'print it as JSON')
    .action(async (options) => {
      const { info } = await import('./info.ts')
      console.print(await info(options, console))
    })
}

function addExplore(program: Command, console: Console): void {
  program
    .command('explore')
    .description('Serves the explorer for a browser on this machine, until Ctrl-C.')
    .option(...MODEL)
    .option('--port <n>', 'listen here; 0 is any free port (default: 7331, or the next one that is free)', port)
    .option(...HUB)
    .action(async (options) => {
      const { explore } = await import('./explore.ts')
      await explore(options, console)
    })
}

function addOps(program: Command, console: Console): void {
  program
    .command('ops')
    .description(
      'Lists the operations on attention, what each backend supports, and what runs for given options: it runs them and says.',
    )
    .option('--shape <sizes>', 'B,H,L,D or B,H,K,L,S,D (default: 1,12,512,64)')
    .option('--causal', 'a query sees itself and what is before it')
    .option('--window <left,right>', 'a query sees so many keys to each side; an empty side is open')
    .option('--softcap <c>', 'scores are bent below c', number)
    .option('--alibi', 'scores fall with the distance')
    .option('--bias', 'a full tensor of biases')
    .option('--sinks', 'an extra logit for each head')
    .option('--documents <n>', 'so many documents that do not see each other', integer)
    .option('--json', 'print it as JSON (described in docs/cli.md)')
    .addHelpText('after', OPS_EXAMPLES)
    .action(async (options) => {
      const { ops } = await import('./ops.ts')
      console.print(await ops(options, console))
    })
}

function addTrain(program: Command, console: Console): void {
  program
    .command('train')
    .description(
      'Trains a model by a recipe: encoder, decoder, translator, or a file of your own (docs/training.md). Ctrl-C saves and stops; --resume goes on.',
    )
    .argument('<recipe>', 'a recipe by name, or a file whose default export is one')
    .option('--out <folder>', 'where the model goes (default: trained/<name>)')
    .option('--resume', 'go on from the checkpoint in that folder, if there is one')
    .option('--steps <n>', 'stop after this step; --resume goes on from there', integer)
    .option('--threads <n>', 'compute on so many threads (default: all; one each if several trainings run side by side)', threads)
    .action(async (recipe, options) => {
      const { train } = await import('./train/train.ts')
      console.print(await train(recipe, options, console))
    })
}

const HUB = [
  '--hub',
  'let the page open models of the hub by name; this program fetches them (HF_ENDPOINT says from where)',
] as const

/** What `npm start` runs; users of the package have `read` and `explore`. */
function addStart(program: Command, console: Console): void {
  const command = program
    .command('start', { hidden: true })
    .description('Reads a sentence, prints who looks at whom, and serves the explorer.')
    .argument('[text]', 'the text; a well-known sentence without one')
    .option(...MODEL)
  for (const [flags, description, parse] of SHOWN) command.option(flags, description, parse)
  withKind(command)
    .option('--token <word[:nth]>', 'rank what this word looked at')
    .option('--port <n>', 'listen here; 0 is any free port (default: 7331, or the next one that is free)', port)
    .option(...HUB)
    .option('--once', 'print and be done: serve nothing')
    .action(async (text, options) => {
      const { start } = await import('./start.ts')
      await start(text, options, console)
    })
}

function threads(text: string): number {
  if (!/^[1-9]\d?$/.test(text) || Number(text) > 64) throw new InvalidArgumentError('It must be a whole number from 1 to 64.')
  return Number(text)
}

function number(text: string): number {
  if (!/^\d+(\.\d+)?(e-?\d+)?$/i.test(text)) throw new InvalidArgumentError('It must be a number from 0.')
  return Number(text)
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
  return Number(text)
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
}

const EXAMPLES = `
Examples:
  regard read "The animal didn't cross the street because it was too tired."
  regard read "The bank approved the loan." --token loan
  regard explore --model ./all-MiniLM-L6-v2

\`regard <command> --help\` explains one command.`

const READ_EXAMPLES = `
Examples:
  regard read "The cat sat on the mat."                 who looks at whom
  regard read "The cat sat on the mat." --token sat     what "sat" looked at
  regard read "The cat sat on the mat." --head mean     the mean of all heads
  regard read - --layer 2 --head 0 < poem.txt           a text from a file
  regard read "the third of may twenty twenty one" --kind cross --model translator
  regard read "The cat sat." --json | jq .tokens        the numbers`

const GENERATE_EXAMPLES = `
Examples:
  regard generate "Once upon a time" --model ./gpt2         the likeliest text
  regard generate "Once upon a time" --top 5 --model ./gpt2 what else could come
  regard generate "The sea" --temperature 0.8 --seed 7 --model ./gpt2
  regard generate "The sea" --edits '{"ablate":"head","layer":0,"head":3}'   what it would write without a head`

const OPS_EXAMPLES = `
Examples:
  regard ops                                            everything there is
  regard ops --causal --shape 1,8,4096,64               what a causal call runs
  regard ops --shape 1,32,8,1,100000,128                one query, a long cache
  regard ops --softcap 30 --window 511,0                options together`
