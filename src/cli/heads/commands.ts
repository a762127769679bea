/** The commands that ask heads, and what they take. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Console } from '../console.ts'
import { withKind, withWriting } from '../lens/kind.ts'
import { head, positive, withModel, withOutput } from '../options.ts'
import { OPTIONS } from './words.ts'

export function addHeads(program: Command, console: Console): void {
  addHeadsCommand(program, console)
  addFind(program, console)
  addProfile(program, console)
  addGraph(program, console)
}

function addHeadsCommand(program: Command, console: Console): void {
  const command = program
    .command('heads')
    .description(
      'Measures what every head does on your texts: how even its looks are, how far they go, and what at. Labels are earned.',
    )
    .argument('<texts...>', 'the texts; - reads standard input')
    .addOption(new Option('--measure <what>', 'what the grid shows (default: sinks; of cross-attention evenness)').choices(OPTIONS))
    .option('--apart', 'the grid shows it with the weight on sinks taken out')
    .option('--induction', 'also measure induction on random tokens said twice')
  withOutput(withModel(withKind(command)), 'the grid')
    .addHelpText('after', HEADS_EXAMPLES)
    .action(async (texts, options) => {
      const { headsCommand } = await import('./heads.ts')
      await headsCommand(texts, options, console)
    })
}

function addFind(program: Command, console: Console): void {
  const command = program
    .command('find')
    .description(
      'Finds the heads that look from one word to another, over all texts that have both; or the heads that do as a given one does.',
    )
    .argument('<texts...>', 'the texts; - reads standard input')
    .option('--from <word[:nth]>', 'the word that looks; it:2 is the second "it"')
    .option('--to <word[:nth]>', 'the word looked at')
    .option('--like <layer.head>', 'heads whose attention is nearest to that of this one', layerAndHead)
    .option('--top <n>', 'list so many (default: 10)', positive)
  withOutput(withModel(withWriting(command)), 'all heads')
    .addHelpText('after', FIND_EXAMPLES)
    .action(async (texts, options) => {
      const { findCommand } = await import('./find.ts')
      await findCommand(texts, options, console)
    })
}

function addProfile(program: Command, console: Console): void {
  const command = program
    .command('profile')
    .description(
      'Shows how much attention the start, the middle and the end of a text get, layer by layer, beside what position alone gives.',
    )
    .argument('<texts...>', 'the texts; - reads standard input')
    .option('--parts <n>', 'cut the text into so many parts (default: 3)', positive)
    .option('--from <word[:nth]>', 'the looks of this word alone')
    .option('--effect', 'also what each part is worth: cut all links to it, one layer at a time')
  withOutput(withModel(withWriting(command)), 'the shares over the layers')
    .addHelpText('after', PROFILE_EXAMPLES)
    .action(async (texts, options) => {
      const { profileCommand } = await import('./profile.ts')
      await profileCommand(texts, options, console)
    })
}

function addGraph(program: Command, console: Console): void {
  const command = program
    .command('graph')
    .description('Gives the attention of a text as a weighted graph, from the token that looks to the one it looks at.')
    .argument('<text>', 'the text; - reads standard input')
    .option('--layer <n|all>', 'this layer, or all (default: as read opens)', layerOrAll)
    .option('--head <n|mean>', 'this head, or the mean of all (default: as read opens)', head)
    .option('--threshold <w>', 'leave out links of less weight (default: 0.1; 0 keeps all)', share)
    .option('--top <n>', 'of each token, at most the n strongest', positive)
    .option('--dot', 'print it for Graphviz')
    .option('--graphml', 'print it as GraphML')
  withOutput(withModel(withKind(command)), 'the edges as a matrix')
    .addHelpText('after', GRAPH_EXAMPLES)
    .action(async (text, options) => {
      const { graphCommand } = await import('./graph.ts')
      await graphCommand(text, options, console)
    })
}

function layerOrAll(text: string): number | 'all' {
  if (text === 'all') return text
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0, or "all".')
  return Number(text)
}

function share(text: string): number {
  if (!/^(0|1|0?\.\d+|1\.0+|0\.\d+e-\d+)$/.test(text)) throw new InvalidArgumentError('It must be a number from 0 to 1.')
  return Number(text)
}

function layerAndHead(text: string): [number, number] {
  const [, layer, head] = /^(\d{1,6})\.(\d{1,6})$/.exec(text) ?? []
  if (layer === undefined) throw new InvalidArgumentError('It must be a layer and a head, as in 3.1.')
  return [Number(layer), Number(head)]
}

const HEADS_EXAMPLES = `
Examples:
  regard heads - < chapter.txt                           every head on a text of some length
  regard heads - --measure previous < chapter.txt        who looks at the token before
  regard heads "a text" "another" --csv > heads.csv      the numbers, over both texts
  regard heads - --induction --model ./gpt2 < chapter.txt
  regard heads "the third of may twenty twenty one" --kind cross --model translator`

const FIND_EXAMPLES = `
Examples:
  regard find "The animal didn't cross the street because it was too tired." --from it --to animal
  regard find "Anna saw Bert. He waved." "Bert saw Anna. He waved." --from he --to bert
  regard find - --like 3.1 < chapter.txt
  regard find "the third of may twenty twenty one" --writing 05 --to may --model translator`

const PROFILE_EXAMPLES = `
Examples:
  regard profile - < prompt.txt                          every token's looks
  regard profile - --from question < prompt.txt          those of one word
  regard profile - --effect --svg profile.svg < prompt.txt`

const GRAPH_EXAMPLES = `
Examples:
  regard graph "The cat sat on the mat." --layer 3 --head 1
  regard graph "The cat sat on the mat." --dot | dot -Tsvg > cat.svg
  regard graph - --layer all --threshold 0.05 --graphml < page.txt > page.graphml
  regard graph "the third of may twenty twenty one" --kind cross --head mean --model translator`
