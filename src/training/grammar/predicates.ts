/** What can be said of whom: properties, states and events, each true of several kinds of things. */

import type { Kind, Noun } from './nouns.ts'
import { kindsOf } from './nouns.ts'

/**
 * 'adjective': was (too) wide; 'state': needed a new roof; 'event': fell asleep. In the list of adjectives * marks what is or is not, and
 * never too much so.
 */
export type Manner = 'adjective' | 'state' | 'event'

export interface Predicate {
  readonly text: string
  readonly manner: Manner
  /** Can it be too much so? */
  readonly gradable: boolean
  readonly kinds: ReadonlySet<Kind>
}

const ADJECTIVES = `
tired: beast bird person
hungry: beast bird person
thirsty: beast bird person
sleepy: beast bird person
frightened: beast bird person
scared: beast bird person
angry: beast person
lazy: beast person
nervous: beast person
friendly: beast person
ill: beast person
lame: beast
tame: beast bird
fierce: beast
furry: beast
playful: beast
stubborn: beast person
clever: beast bird person
curious: beast bird person
*feathered: bird
wide: road water room
narrow: road room boat
steep: road land
muddy: road land clothing
slippery: road
bumpy: road
winding: road water
dusty: road furniture room text instrument
icy: road
busy: road building person
quiet: road room building land person machine
dark: road room building
crowded: road room building vehicle boat
shallow: water dish
deep: water dish container
polluted: water
calm: water person
clear: water
*frozen: water food
cold: water food room
warm: food room clothing
hot: food machine
fast: vehicle boat beast
slow: vehicle boat machine
loud: machine instrument vehicle bird
expensive: vehicle clothing machine furniture instrument boat
cheap: clothing machine food furniture tool
*broken: machine furniture vehicle tool dish instrument
rusty: vehicle tool machine boat
sharp: tool
blunt: tool
useful: tool machine container text
ripe: food
sweet: food
salty: food water
spicy: food
*rotten: food plant
stale: food
delicious: food
*burnt: food
juicy: food
tall: building plant person
high: building
*ruined: building
*haunted: building room
*locked: building room container
*full: container room dish vehicle
*empty: container room dish vehicle building
heavy: container furniture machine tool instrument stone
light: container tool clothing
fragile: dish instrument
*cracked: dish stone
dirty: clothing vehicle dish room beast water
clean: clothing dish room
*torn: clothing text
tight: clothing
loose: clothing
*woollen: clothing
*stained: clothing furniture
comfortable: furniture clothing vehicle
*wooden: furniture boat container tool
wobbly: furniture
long: text road
boring: text
exciting: text
funny: text person
sad: text person
famous: text building person
confusing: text
wet: clothing beast road
dry: plant land food
*flooded: road room land
leaky: boat container dish
*seaworthy: boat
green: plant land
*withered: plant
thorny: plant
*leafy: plant
fertile: land
hilly: land
noisy: beast bird machine vehicle
modern: building machine vehicle
old: beast person building furniture text instrument
young: beast bird person plant
rich: person
poor: person
polite: person
honest: person
hard: stone
smooth: stone
*digital: machine
`

const STATES = `
had not eaten all day: beast bird person
needed more sleep: beast person
wanted to go home: beast person
wanted to rest: beast bird person
could not swim: beast person
heard a strange noise: beast bird person
did not feel well: beast person
had hurt a leg: beast bird person
felt safe there: beast bird person
had lost some feathers: bird
had built a nest: bird
had run out of fuel: vehicle boat
would not start: vehicle machine
had a flat tire: vehicle
needed new tires: vehicle
had bad brakes: vehicle
had been stolen: vehicle boat text instrument clothing
needed new sails: boat
had a leak: boat container
had been closed for repairs: road building
led to the village: road
had too many holes: road clothing
had too many curves: road
had frozen over: water
flowed too fast: water
contained a lot of fish: water
needed a new roof: building
had no windows: building room
belonged to the church: building land
had no lid: container dish
smelled delicious: food
tasted bad: food
needed more salt: food
tasted like garlic: food
had gone bad: food
had been cooked for hours: food
needed ironing: clothing
had lost a button: clothing
smelled of smoke: clothing room
kept everybody warm: clothing
needed a new battery: machine
made a strange sound: machine vehicle instrument
had stopped working: machine
used too much electricity: machine
had been repaired: machine vehicle furniture road instrument
had only three legs: furniture beast
needed new cushions: furniture
needed watering: plant
needed more sunlight: plant
had lost all the leaves: plant
had grown too tall: plant
did not make any sense: text
had been written long ago: text
had a happy ending: text
had too many pages: text
sounded terrible: instrument
needed new strings: instrument
had been made of glass: dish
had a sharp blade: tool
had a broken handle: tool dish
weighed a ton: stone furniture machine
had not been cleaned for weeks: room building vehicle clothing
`

const EVENTS = `
fell asleep: beast bird person
got hungry: beast bird person
got tired: beast bird person
ran away: beast person
jumped up: beast person
flew away: bird
laid an egg: bird
ran out of fuel: vehicle boat
broke down: vehicle machine
needed repairs: vehicle machine building road
sank: boat
reached the harbor: boat
got cold: food
went bad: food
got burnt: food
melted: food
caught fire: building vehicle furniture
burned down: building plant
collapsed: building furniture
fell apart: furniture text clothing
dried up: water
froze: water
flooded the valley: water
shrank: clothing
got dirty: clothing dish
got wet: clothing text
stopped working: machine
exploded: machine
withered: plant
bloomed: plant
lost every leaf: plant
became famous: text person
got published: text
went out of tune: instrument
became empty: container dish room
turned muddy: road land
`

function parse(list: string, manner: Manner): Predicate[] {
  return list
    .trim()
    .split('\n')
    .map((line) => {
      const [text, kinds] = line.split(': ') as [string, string]
      return { text: text.replace('*', ''), manner, gradable: !text.startsWith('*'), kinds: new Set(kinds.split(' ') as Kind[]) }
    })
}

export const PREDICATES: readonly Predicate[] = [
  ...parse(ADJECTIVES, 'adjective'),
  ...parse(STATES, 'state'),
  ...parse(EVENTS, 'event'),
]

/** Can it be said of this noun, whatever else the word may mean? */
export function mayFit(predicate: Predicate, word: string): boolean {
  return kindsOf(word).some((kind) => predicate.kinds.has(kind))
}

/** Is it said of what this noun is here? */
export function fits(predicate: Predicate, { kind }: Noun): boolean {
  return predicate.kinds.has(kind)
}
