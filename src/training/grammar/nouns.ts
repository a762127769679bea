/** The nouns of the grammar by what they are. A word may be of several kinds: a crane flies, or lifts. */

export const THINGS = {
  beast: `animal cat dog horse cow goat pig donkey rabbit fox wolf bear lion tiger monkey elephant camel mule kitten puppy pony
    bull lamb calf zebra giraffe leopard hound bat mouse rat squirrel hamster hedgehog seal panther ox beaver raccoon cub`,
  bird: `bird hen duck goose parrot eagle owl crow swan pigeon sparrow hawk chicken rooster turkey raven falcon crane stork
    canary seagull robin`,
  vehicle: `car truck bus van taxi train tractor motorcycle bicycle wagon cart ambulance tram jeep scooter carriage limousine
    lorry bike trailer`,
  boat: 'boat ship ferry canoe yacht barge raft vessel steamer rowboat sailboat tanker',
  road: 'street road highway path avenue lane trail track alley motorway boulevard driveway pavement',
  water: 'river lake stream pond canal creek spring brook lagoon',
  container: `box bag suitcase basket bucket jar barrel crate chest trunk sack backpack purse tin handbag briefcase drawer
    cupboard chest pouch`,
  dish: 'plate cup bowl vase jug mug teapot saucer bottle pitcher pot glass',
  furniture: 'table chair sofa bed desk shelf bench couch stool wardrobe cabinet bookcase armchair dresser sideboard cradle',
  machine: `computer phone radio clock lamp camera printer oven stove fridge fan heater telephone television laptop keyboard mouse
    crane engine pump watch tablet toaster robot`,
  clothing: `coat shirt jacket dress hat sweater skirt scarf suit uniform blanket towel curtain sheet cloak robe apron sock boot
    glove carpet cap blouse belt`,
  food: `apple cake soup pizza sandwich pie steak egg banana pear potato stew pudding cookie sausage tomato carrot salad melon
    omelette pancake roast biscuit bun peach jam bread cheese meat rice`,
  building: `house church school hospital hotel castle barn factory museum library tower palace temple cottage theatre shop
    restaurant prison station mansion hut mill chapel cathedral bank`,
  room: 'kitchen bathroom bedroom hall garage office cellar attic classroom chamber corridor studio laundry nursery',
  tool: 'hammer knife saw axe shovel spade drill ladder needle broom brush screwdriver rake chisel bat club crowbar wrench hoe',
  plant: 'tree bush rose oak plant pine hedge vine cactus tulip shrub lily willow palm maple fern daisy',
  text: 'book letter newspaper poem novel story report magazine diary speech film play song essay document article manual lecture',
  instrument: 'piano guitar violin drum flute trumpet cello harp organ banjo trombone accordion',
  land: 'field garden farm park valley hill forest meadow beach orchard swamp desert island vineyard',
  stone: 'stone rock brick boulder cannonball rod beam pebble anvil statue',
} as const

export const PEOPLE = {
  he: `man boy father brother uncle king prince son grandfather husband nephew waiter actor policeman fisherman gentleman postman
    monk lad butler duke emperor wizard salesman`,
  she: `woman girl mother sister aunt queen princess daughter grandmother wife niece waitress actress lady nun bride duchess
    empress witch policewoman hostess stepmother countess`,
  either: `doctor nurse teacher student farmer lawyer soldier painter singer baker tailor thief artist writer neighbor doctor
    guest driver sailor guard cook captain patient customer worker scientist dancer hunter gardener servant child visitor manager
    stranger traveler pilot officer journalist judge clerk builder shepherd pupil dentist banker pitcher`,
} as const

export const NAMES = {
  he: 'Tom Peter David John Paul Henry Jack Robert Sam George James Daniel Martin Ben Frank Charles Adam Max Oliver Simon',
  she: 'Anna Mary Lucy Sarah Emma Alice Jane Kate Laura Helen Susan Maria Clara Julia Rose Ellen Nora Sophie Ruth Grace',
} as const

export type Thing = keyof typeof THINGS
export type Kind = Thing | 'person'
export type Pronoun = 'it' | 'he' | 'she' | 'they'

export interface Noun {
  readonly word: string
  readonly plural: string
  readonly kind: Kind
  /** Which pronoun one of them is called by; undefined: he or she. */
  readonly gender: 'it' | 'he' | 'she' | undefined
  /** A proper name: no article, no plural. */
  readonly name: boolean
  /** What cannot be counted has no plural and no "a". */
  readonly mass: boolean
}

const MASS = new Set(['jam', 'bread', 'cheese', 'meat', 'rice', 'laundry', 'pavement', 'clothing'])
const IRREGULAR: Readonly<Record<string, string>> = {
  mouse: 'mice',
  goose: 'geese',
  ox: 'oxen',
  wolf: 'wolves',
  calf: 'calves',
  knife: 'knives',
  shelf: 'shelves',
  thief: 'thieves',
  wife: 'wives',
  man: 'men',
  woman: 'women',
  child: 'children',
  policeman: 'policemen',
  policewoman: 'policewomen',
  fisherman: 'fishermen',
  gentleman: 'gentlemen',
  postman: 'postmen',
  salesman: 'salesmen',
  potato: 'potatoes',
  tomato: 'tomatoes',
  hoe: 'hoes',
}

export function pluralOf(word: string): string {
  if (IRREGULAR[word]) return IRREGULAR[word]
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

const words = (text: string): string[] => [...new Set(text.split(/\s+/))]

function noun(word: string, kind: Kind, gender: Noun['gender'], name = false): Noun {
  return { word, plural: pluralOf(word), kind, gender, name, mass: MASS.has(word) }
}

export const NOUNS: readonly Noun[] = [
  ...(Object.keys(THINGS) as Thing[]).flatMap((kind) => words(THINGS[kind]).map((word) => noun(word, kind, 'it'))),
  ...words(PEOPLE.he).map((word) => noun(word, 'person', 'he')),
  ...words(PEOPLE.she).map((word) => noun(word, 'person', 'she')),
  ...words(PEOPLE.either).map((word) => noun(word, 'person', undefined)),
  ...words(NAMES.he).map((word) => noun(word, 'person', 'he', true)),
  ...words(NAMES.she).map((word) => noun(word, 'person', 'she', true)),
]

const byKind = Map.groupBy(NOUNS, ({ kind }) => kind)
const kinds = new Map([...Map.groupBy(NOUNS, ({ word }) => word)].map(([word, list]) => [word, list.map(({ kind }) => kind)]))

export function nounsOf(kind: Kind): readonly Noun[] {
  return byKind.get(kind) ?? []
}

/** Everything that a word can be. */
export function kindsOf(word: string): readonly Kind[] {
  return kinds.get(word) ?? []
}
