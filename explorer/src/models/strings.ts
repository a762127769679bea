/** What the page says about models. */

const NBSP = '\u00a0'

export const modelStrings = {
  title: 'Model',
  /** Of the button that opens the list. */
  button: (name: string) => `Model: ${name}. Choose another`,
  intro: 'Every model reads the same sentence in its own way. Only one is held at a time.',
  offered: 'At hand',
  about: {
    encoder: 'Reads a sentence in both directions, and says what a pronoun refers to.',
    decoder: 'Reads from left to right, continues a text, and copies what was said before.',
    translator: 'Reads a date in words and writes it in figures.',
  } as Readonly<Record<string, string>>,
  /** In decimal units, as file managers tell it. */
  size(bytes: number): string {
    const units = ['bytes', 'kB', 'MB', 'GB']
    const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
    const value = bytes / 1000 ** power
    return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)}${NBSP}${units[power]}`
  },
  facts: (open: boolean, bytes: number | undefined): string =>
    [...(open ? ['open'] : []), ...(bytes === undefined ? [] : [modelStrings.size(bytes)])].join(', '),
  /** `file`: what is being downloaded of it. */
  opening: (name: string, share: number, file?: string) =>
    `${file === undefined ? `Opening ${name}` : `Fetching ${file} of ${name}`}, ${Math.floor(100 * share)}${NBSP}%.`,
  /** Once, for those who hear the page. */
  openingSaid: (name: string) => `Opening ${name}.`,
  cancel: 'Cancel',
  /** Beside the link that Take away copies. */
  linkLacks: 'It does not carry the model: that is of your own files.',
  /** Where a view offers one that can do what it shows. */
  openOther: (name: string) => `Open the ${name}`,
  none: 'No model that can is at hand here. `regard explore --model decoder` and `--model translator` open the embedded ones.',
  local: 'From this machine',
  localWhat:
    'Drop a model’s folder anywhere on this page, or choose it here: config.json, tokenizer.json and model.safetensors, in one piece or in shards.',
  folder: 'Choose a folder',
  files: 'Choose files',
  stays: 'It is read in this page and sent nowhere. A link cannot carry it.',
  dropHere: 'Drop the folder of a model to read with it. It does not leave this page.',
  /** What files are called that lie in no folder. */
  nameless: 'model',
  hub: 'From a hub',
  hubWhat: (address: string, through: boolean) =>
    `Any model of ${address} that Regard can run, by its name. ${through ? 'The program that serves this page fetches it and keeps it in its cache' : 'This page fetches it and keeps it in the browser’s cache'}; your text stays here.`,
  hubName: 'Its name, as in org/name',
  hubOpen: 'Open',
  hubNone:
    'This page may fetch nothing from elsewhere. Whoever serves it can allow one hub: on your own machine, end the program and start it again as regard explore --hub.',
  hubFault: (fault: string | undefined, hub: string): string | undefined =>
    ({
      unknown: `${hub} has no model of that name, or does not show it to everyone`,
      unreachable: `${hub} cannot be reached, and the model is not in the cache`,
      gated: `its terms must be accepted on ${hub} first; then set HF_TOKEN to a token of that account and start the program again`,
      space: 'there is no room for it on the disk',
    })[fault ?? ''],
  hubBroke: 'the program that serves this page stopped while it fetched',
  unknown: (link: string) =>
    link.startsWith('files:')
      ? `This link was made with ${link.slice(6)}, a model of somebody’s own files, which a link cannot carry. Choose its folder to see the same.`
      : `There is no model called ${link} here.`,
  missing: (files: readonly string[], other: string | undefined) =>
    `That is not a model’s folder: ${listed(files)} ${files.length === 1 ? 'is' : 'are'} missing.${other ? ` ${other} cannot be read; save the model as safetensors.` : ''}`,
  several: (names: readonly string[]) => `These are several models: ${listed(names)}. Choose the folder of one.`,
  tooMany: (files: number) => `These are more than ${files} files: choose the folder of one model.`,
  failed: (name: string, reason: string) => `${name} could not be opened: ${reason.replace(/\.$/, '')}.`,
} as const

function listed(names: readonly string[]): string {
  const some = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  return some.length < 2 ? some.join('') : `${some.slice(0, -1).join(', ')} and ${some.at(-1)}`
}
