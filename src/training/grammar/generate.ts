/**
 * Sentences of the grammar, one per seed. Each knows which of its nouns the pronoun means; the model is never told more than the word
 * that the pronoun stands for.
 */

import { hash, type Random } from '../random.ts'
import { TYPE_FRAMES } from './frames.ts'
import { type Kind, type Noun, nounsOf, type Pronoun } from './nouns.ts'
import { fits, mayFit, PREDICATES, type Predicate } from './predicates.ts'
import { GENDER_FRAMES, ROLE_FRAMES, type RoleFrame } from './roles.ts'
import { type Mark, type Phrase, phrase, write } from './write.ts'

/**
 * 'train': frames and pairs of (noun, predicate) of training; 'pairs': frames of training with pairs never seen in it; 'frames': frames
 * never seen in it.
 */
export type Split = 'train' | 'pairs' | 'frames'

export interface Sentence {
  readonly text: string
  /** The frame it was made of. */
  readonly frame: string
  readonly pronoun: Mark
  readonly referent: Mark
  /** The other nouns of the sentence; the rival, which the twin means, comes first. */
  readonly distractors: readonly Mark[]
  /** What is said of the referent. */
  readonly predicate: string
  /** The same sentence with other last words, where the pronoun means the rival; undefined where only the pronoun tells. */
  readonly twin: Omit<Sentence, 'twin'> | undefined
}

/** One in ten pairs of a noun and what is said of it is kept for testing. */
export function isUnseen(noun: string, predicate: string): boolean {
  return hash('pair', noun, predicate) % 10 === 0
}

const OPENINGS = [
  'Yesterday',
  'Last night',
  'This morning',
  'On Sunday,',
  'In the end,',
  'One day',
  'I think that',
  'My friend told me that',
  'Everyone knew that',
  'We heard that',
  'In the evening,',
  'A year ago',
  'Nobody was surprised that',
  'I remember that',
]
const ASIDES = [
  'yesterday',
  'in the morning',
  'late at night',
  'after a long day',
  'on the way home',
  'while everyone was watching',
  'as the sun went down',
  'without a sound',
  'for the second time',
  'again',
  'when the rain began',
  'during the storm',
  'in spite of the warning',
  'as I told you before',
  'for a long time',
  'at noon',
]
const BESIDE = ['near', 'behind', 'not far from', 'in sight of', 'next to'] as const
/** What may stand at the beginning, in the middle, or beside. */
export const ADVERBS: readonly string[] = [...OPENINGS, ...ASIDES, ...BESIDE]
const LANDMARKS: readonly Kind[] = ['building', 'plant', 'water', 'land']

/** Which share of the sentences is decided by kinds, and which by roles; in the others the pronoun tells. */
const ASKED = { ofKinds: 0.62, ofRoles: 0.26 } as const
/** Roles are the hardest to learn, and he and she the easiest. */
const TAUGHT = { ofKinds: 0.56, ofRoles: 0.36 } as const

/** A sentence with a pronoun. The same draws give the same sentence. */
export function sentence(random: Random, split: Split): Sentence {
  for (;;) {
    const chosen = random.next()
    const { ofKinds, ofRoles } = split === 'train' ? TAUGHT : ASKED
    const made =
      chosen < ofKinds ? ofType(random, split) : chosen < ofKinds + ofRoles ? ofRole(random, split) : ofGender(random, split)
    if (made) return made
  }
}

interface Parts {
  readonly frame: string
  readonly pronoun: Pronoun
  readonly a: Noun
  readonly b: Noun
  readonly plural: boolean
  /** What is said of [a], and what of [b]; one may be unknown. */
  readonly ofA: string | undefined
  readonly ofB: string | undefined
  readonly split: Split
  /** May an adjective that could be taken for a clue stand before the nouns? */
  readonly adorned?: boolean
}

function frameOf<T extends { readonly unseen: boolean }>(random: Random, frames: readonly T[], split: Split): T {
  return random.pick(frames.filter(({ unseen }) => unseen === (split === 'frames')))
}

function ofType(random: Random, split: Split): Sentence | undefined {
  const frame = frameOf(random, TYPE_FRAMES, split)
  const manner = frame.text.includes('[adj]') ? 'adjective' : frame.text.includes('[state]') ? 'state' : 'event'
  const a = random.pick(nounsOf(random.pick(frame.a)))
  const b = random.pick(nounsOf(random.pick(frame.b)))
  const plural = !a.mass && !b.mass && random.chance(0.2)
  const degree = /(too|so|very|rather|little) \[adj\]/.test(frame.text)
  const said = PREDICATES.filter(
    (each) => each.manner === manner && (each.gradable || !degree) && !(plural && /\ban?\b/.test(each.text)),
  )
  const ofA = about(random, said, a, b, split)
  const ofB = about(random, said, b, a, split)
  return ofA || ofB
    ? finish(random, { frame: frame.text, pronoun: plural ? 'they' : 'it', a, b, plural, ofA, ofB, split, adorned: true })
    : undefined
}

/** Something that is true of `one` and cannot be said of `other`. */
function about(random: Random, said: readonly Predicate[], one: Noun, other: Noun, split: Split): string | undefined {
  const possible = said.filter(
    (each) => fits(each, one) && !mayFit(each, other.word) && allowed(split, one, each.text) && !avoids(each.text, other),
  )
  return possible.length === 0 ? undefined : random.pick(possible).text
}

/** "needed new tires" says nothing of a boat, but "the village" beside a field would confuse. */
function avoids(text: string, { word, plural }: Noun): boolean {
  return text.split(' ').some((each) => each === word || each === plural)
}

function allowed(split: Split, { word }: Noun, predicate: string): boolean {
  return split === 'frames' || isUnseen(word, predicate) === (split === 'pairs')
}

function ofRole(random: Random, split: Split): Sentence | undefined {
  const frame = frameOf(random, ROLE_FRAMES, split)
  const kind = random.pick(frame.a)
  const other = frame.b.length === 0 ? kind : random.pick(frame.b)
  const plural = random.chance(0.2)
  if (kind === 'person') return ofPeople(random, frame, plural, split)
  const a = random.pick(nounsOf(kind))
  const b = random.pick(nounsOf(other))
  if (plural && (a.mass || b.mass)) return undefined
  return rolePlayed(random, frame, { a, b, plural, pronoun: plural ? 'they' : 'it' }, split)
}

function ofPeople(random: Random, frame: RoleFrame, plural: boolean, split: Split): Sentence | undefined {
  const gender = random.pick(['he', 'she'] as const)
  const people = nounsOf('person').filter((each) => (each.gender ?? gender) === gender && !(plural && each.name))
  return rolePlayed(
    random,
    frame,
    { a: random.pick(people), b: random.pick(people), plural, pronoun: plural ? 'they' : gender },
    split,
  )
}

function rolePlayed(
  random: Random,
  frame: RoleFrame,
  cast: Pick<Parts, 'a' | 'b' | 'plural' | 'pronoun'>,
  split: Split,
): Sentence | undefined {
  const choose = (noun: Noun, list: readonly string[]): string | undefined => {
    const possible = list.filter((each) => allowed(split, noun, each))
    return possible.length === 0 ? undefined : random.pick(possible)
  }
  const ofA = choose(cast.a, frame.ofA)
  const ofB = choose(cast.b, frame.ofB)
  return ofA || ofB ? finish(random, { frame: frame.text, ...cast, ofA, ofB, split }) : undefined
}

function ofGender(random: Random, split: Split): Sentence | undefined {
  const frame = frameOf(random, GENDER_FRAMES, split)
  const [his, hers] = (['he', 'she'] as const).map((gender) =>
    random.pick(nounsOf('person').filter((each) => each.gender === gender)),
  )
  const [a, b] = random.shuffled([his!, hers!]) as [Noun, Noun]
  const manner = frame.text.includes('[adj]') ? 'adjective' : frame.text.includes('[state]') ? 'state' : 'event'
  const told = frame.text.includes(`[${manner === 'adjective' ? 'adj' : manner}]`)
  const said = PREDICATES.filter((each) => each.manner === manner && fits(each, a) && (!told || allowed(split, a, each.text)))
  if (said.length === 0) return undefined
  const predicate = told ? random.pick(said).text : ''
  return finish(
    random,
    { frame: frame.text, pronoun: a.gender!, a, b, plural: false, ofA: predicate, ofB: undefined, split },
    random.chance(0.5),
  )
}

/** `swapped`: let [a] and [b] change places, so that the pronoun may mean either. */
function finish(random: Random, parts: Parts, swapped = false): Sentence | undefined {
  const { a, b, pronoun } = parts
  if (a.word === b.word) return undefined
  const phrases: Record<string, Phrase> = {
    [swapped ? 'b' : 'a']: spoken(random, a, parts),
    [swapped ? 'a' : 'b']: spoken(random, b, parts),
    s: subject(random, parts),
  }
  const [aside, landmark] = asideFor(random, parts)
  if (landmark) phrases.c = landmark
  const cataphoric = /^[^.]*\[it\].*\[a\]/i.test(parts.frame)
  const frame = aside ? parts.frame.replace('[~]', ` ${aside}`) : parts.frame.replace('[~]', '')
  const opening = !cataphoric && random.chance(0.18) ? random.pick(OPENINGS) : ''
  const place = { [swapped ? 'b' : 'a']: parts.ofA, [swapped ? 'a' : 'b']: parts.ofB }
  const say = (meant: 'a' | 'b'): Omit<Sentence, 'twin'> | undefined => {
    const predicate = place[meant]
    if (predicate === undefined) return undefined
    const { text, pronoun: mark, nouns } = write(frame, { phrases, pronoun, predicate, opening })
    const { [meant]: referent, ...others } = nouns
    const rival = meant === 'a' ? 'b' : 'a'
    const rest = Object.entries(others).filter(([at]) => at !== rival)
    return {
      text,
      frame: parts.frame,
      pronoun: mark,
      referent: referent!,
      distractors: [nouns[rival]!, ...rest.map(([, each]) => each)],
      predicate,
    }
  }
  const [first, second] = random.shuffled(['a', 'b'] as const).map(say)
  const made = first ?? second
  return made && repeats(made) ? undefined : made && { ...made, twin: first ? second : undefined }
}

/** No noun may stand twice: the answer would not be one place. */
function repeats({ referent, distractors }: Omit<Sentence, 'twin'>): boolean {
  const words = [referent, ...distractors].map(({ word }) => word)
  return new Set(words).size < words.length
}

/** Sometimes with an adjective that is true of it, and that training may show with it. */
function spoken(random: Random, noun: Noun, { plural, adorned, split, ofA, ofB }: Parts): Phrase {
  const before = adorned && !noun.name && random.chance(0.15) ? attribute(random, noun, split) : ''
  return phrase(random, noun, { plural, before: before === ofA || before === ofB ? '' : before })
}

const ADJECTIVES = PREDICATES.filter(({ manner }) => manner === 'adjective')

/** An adjective for the place before this noun. */
function attribute(random: Random, noun: Noun, split: Split): string {
  const possible = ADJECTIVES.filter(
    (each) => fits(each, noun) && !/^(ill|frightened)$/.test(each.text) && (split !== 'train' || !isUnseen(noun.word, each.text)),
  )
  return possible.length === 0 ? '' : random.pick(possible).text
}

/** The person beside the two: never one that the pronoun could mean. */
function subject(random: Random, { pronoun, a, b }: Parts): Phrase {
  const people = nounsOf('person').filter((each) => each.word !== a.word && each.word !== b.word)
  const alone = pronoun === 'it' || pronoun === 'they' ? people : people.filter((each) => each.gender && each.gender !== pronoun)
  return phrase(random, random.pick(alone))
}

/** What stands between the event and its reason: sometimes with one more noun, of which nothing that is said can be true. */
function asideFor(random: Random, parts: Parts): [string, Phrase?] {
  if (!parts.frame.includes('[~]') || random.chance(0.6)) return ['']
  if (parts.adorned !== true || random.chance(0.6)) return [random.pick(ASIDES)]
  const said = PREDICATES.filter(({ text }) => text === parts.ofA || text === parts.ofB)
  const possible = LANDMARKS.flatMap((kind) => nounsOf(kind)).filter(
    ({ word }) => word !== parts.a.word && word !== parts.b.word && said.every((each) => !mayFit(each, word)),
  )
  if (possible.length === 0) return ['']
  return [`${random.pick(BESIDE)} [c]`, phrase(random, random.pick(possible), { definite: true, plural: false })]
}
