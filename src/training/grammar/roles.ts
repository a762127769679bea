/**
 * Frames in which both things are of one kind, or could both be called so, and the part each plays decides: what does not fit is too
 * big, what it does not fit into too small. `ofA` and `ofB` are the adjectives that mean [a] or [b].
 */

import type { Kind } from './nouns.ts'

export interface RoleFrame {
  readonly text: string
  readonly a: readonly Kind[]
  readonly b: readonly Kind[]
  readonly ofA: readonly string[]
  readonly ofB: readonly string[]
  readonly unseen: boolean
}

const BIG = 'big large wide thick tall'
const SMALL = 'small narrow short tiny little'

const SEEN = `
[a] did not fit in [b][~] because [it] [was] too [adj]. | instrument clothing machine text dish stone beast bird tool | container | ${BIG} | ${SMALL}
[a] would not go into [b] because [it] [was] too [adj]. | furniture machine beast vehicle | room container | ${BIG} | ${SMALL}
[s] could not put [a] into [b] because [it] [was] too [adj]. | instrument machine tool dish beast bird food | container | ${BIG} | ${SMALL}
[s] could not push [a] through [b], for [it] [was] too [adj]. | furniture machine container beast | room | ${BIG} | ${SMALL}
[b] could not hold [a] because [it] [was] too [adj]. | machine container stone instrument | furniture | heavy big large | weak old small thin
[a] passed [b][~] because [it] [was] so [adj]. | vehicle | vehicle | fast quick speedy | slow old
[a] ran away from [b][~] because [it] [was] so [adj]. | beast bird | beast | afraid timid frightened weak | dangerous fierce angry cruel
[a] caught [b][~] because [it] [was] so [adj]. | beast | beast bird | fast quick clever hungry | slow weak lame careless
[s] poured everything from [a] into [b] until [it] [was] [adj]. | container dish | container dish | empty | full
[a] broke [b] because [it] [was] so [adj]. | stone | dish | hard heavy strong | fragile thin delicate
[a] could not pull [b] because [it] [was] too [adj]. | beast vehicle | vehicle boat | weak small tired old | heavy big large
[s] replaced [a] with [b] because [it] [was] [adj]. | machine furniture vehicle tool | = | broken worn rusty old | new better modern
[s] sold [a] and bought [b][~] because [it] [was] so [adj]. | vehicle furniture instrument clothing | = | old worn shabby | new beautiful modern
[s] hid [a] behind [b] because [it] [was] so [adj]. | text dish clothing instrument | furniture plant building | small valuable precious | big large wide
[s] could not lift [a] onto [b] because [it] [was] too [adj]. | container machine stone | furniture vehicle | heavy | high tall
[s] used [a] instead of [b] because [it] [was] so [adj]. | tool dish container | = | strong useful clean | weak useless dirty
[a] could not lift [b] because [it] [was] too [adj]. | person | person | weak small tired | heavy big fat
[a] thanked [b][~] because [it] [was] so [adj]. | person | person | grateful happy | helpful generous kind
[a] beat [b] in the race[~] because [it] [was] so [adj]. | person | person | fast quick fit | slow tired unfit
[a] feared [b][~] because [it] [was] so [adj]. | person | person | timid shy nervous | strong cruel powerful
[a] comforted [b][~] because [it] [was] so [adj]. | person | person | kind gentle caring | sad unhappy upset
[a] asked [b] for help[~] because [it] [was] so [adj]. | person | person | lost confused helpless | wise clever strong
[a] carried [b] up the stairs because [it] [was] so [adj]. | person | person | strong helpful fit | ill lame weak
[a] gave [b] some money[~] because [it] [was] so [adj]. | person | person | rich generous wealthy | poor needy hungry
[a] envied [b][~] because [it] [was] so [adj]. | person | person | jealous unlucky poor | rich famous successful beautiful
[a] punished [b][~] because [it] [was] so [adj]. | person | person | strict cruel stern | rude naughty lazy
[a] hid from [b][~] because [it] [was] so [adj]. | person | person | afraid shy guilty | angry dangerous cruel
[a] forgave [b][~] because [it] [was] so [adj]. | person | person | merciful kind gentle | sorry ashamed
[s] could not get [a] into [b], for [it] [was] too [adj]. | instrument machine text dish stone beast bird | container | ${BIG} | ${SMALL}
[s] wanted to put [a] into [b], but [it] [was] too [adj]. | clothing text dish tool bird food | container | ${BIG} | ${SMALL}
There was no room for [a] in [b] because [it] [was] too [adj]. | furniture machine instrument beast bird | container room | ${BIG} | ${SMALL}
[a] did not get through [b][~] because [it] [was] too [adj]. | beast bird vehicle | room container | ${BIG} | ${SMALL}
[a] stood outside [b] because [it] [was] too [adj]. | beast machine furniture | room container | ${BIG} | ${SMALL}
Because [it] [was] too [adj], [a] did not fit into [b]. | instrument machine dish text beast bird | container room | ${BIG} | ${SMALL}
[a] fell behind [b][~] because [it] [was] so [adj]. | vehicle beast | vehicle | slow old weak | fast quick speedy
[a] passed [b][~], for [it] [was] rather [adj]. | vehicle | vehicle | fast quick new | slow old
[a] looked after [b][~] because [it] [was] so [adj]. | person | person | kind gentle caring helpful | ill weak old helpless
[a] fed [b][~] because [it] [was] so [adj]. | person | person | kind generous | hungry poor weak
[a] paid for [b][~], for [it] [was] very [adj]. | person | person | rich generous wealthy | poor needy
[a] shouted at [b][~] because [it] [was] so [adj]. | person | person | angry cruel stern | lazy rude naughty
[a] praised [b][~], for [it] [was] so [adj]. | person | person | generous kind | clever wise helpful
[a] stayed with [b][~] because [it] [was] so [adj]. | person | person | kind caring | ill sad upset helpless
[a] could not get into [b][~] because [it] [was] too [adj]. | beast bird furniture machine | container room | ${BIG} | ${SMALL}
[a] could not crawl under [b], for [it] [was] too [adj]. | beast | furniture vehicle | ${BIG} | low small narrow
[a] tried to jump into [b], but [it] [was] too [adj]. | beast bird | container | ${BIG} | ${SMALL}
[a] could not turn around in [b] because [it] [was] too [adj]. | beast vehicle | room road container | ${BIG} | ${SMALL}
[a] was pressed against the sides of [b] because [it] [was] so [adj]. | instrument machine text dish beast bird | container | ${BIG} | ${SMALL}
[s] could not close [b] over [a] because [it] [was] too [adj]. | instrument clothing dish text food bird | container | ${BIG} | ${SMALL}
[a] did not pass through [b], for [it] [was] too [adj]. | furniture machine beast bird boat | room container water | ${BIG} | ${SMALL}
[a] left [b] behind[~] because [it] [was] so [adj]. | vehicle boat beast bird | = | fast quick speedy strong | slow old weak
[a] could not keep up with [b][~] because [it] [was] so [adj]. | vehicle boat beast | = | slow old weak | fast quick speedy
[a] caught up with [b][~], for [it] [was] very [adj]. | vehicle boat beast | = | fast quick speedy | slow old
[a] drove past [b][~] because [it] [was] so [adj]. | vehicle | vehicle | fast quick new speedy | slow old
[a] got away from [b][~], for [it] [was] rather [adj]. | vehicle boat beast bird | vehicle boat beast | fast quick speedy | slow old
[a] lost the race against [b] because [it] [was] very [adj]. | vehicle boat beast | = | slow old weak | fast quick speedy
[s] gave up [a] for [b] because [it] [was] so [adj]. | machine furniture vehicle instrument | = | broken worn rusty old | new modern clean
[s] threw away [a] and took [b] because [it] [was] so [adj]. | machine furniture clothing tool | = | broken worn dirty old | new modern clean
[s] liked [b] better than [a], for [it] [was] so [adj]. | machine furniture vehicle clothing | = | broken worn shabby old | new modern clean
[s] wanted [b] instead of [a] because [it] [was] rather [adj]. | machine furniture vehicle tool | = | broken worn rusty old | new modern clean
[s] turned in [a] and got [b][~] because [it] [was] so [adj]. | machine furniture vehicle tool | = | broken worn rusty old | new modern clean
[a] took care of [b][~] because [it] [was] so [adj]. | person | person | kind helpful generous gentle | ill helpless weak old
[a] protected [b][~] because [it] [was] so [adj]. | person | person | brave strong kind | weak helpless small
[a] rescued [b][~], for [it] [was] so [adj]. | person | person | brave strong helpful | helpless weak lame
[a] supported [b][~] because [it] [was] so [adj]. | person | person | kind generous rich helpful | poor ill needy helpless
[a] cooked for [b][~] because [it] [was] so [adj]. | person | person | kind generous helpful | hungry ill tired
[a] visited [b] in the hospital[~] because [it] [was] so [adj]. | person | person | kind caring friendly | ill weak
[a] lent [b] a coat because [it] [was] so [adj]. | person | person | kind generous helpful | poor cold needy
[a] dismissed [b][~] because [it] [was] so [adj]. | person | person | strict stern cruel | lazy rude careless
[a] blamed [b][~] because [it] [was] so [adj]. | person | person | angry cruel unfair | careless lazy naughty
[a] sent [b] to bed[~], for [it] [was] so [adj]. | person | person | strict stern angry | naughty rude tired ill
[a] lost patience with [b][~] because [it] [was] so [adj]. | person | person | strict angry stern | lazy naughty rude
[a] respected [b][~] because [it] [was] so [adj]. | person | person | shy modest | wise famous strong successful
[a] looked up to [b][~], for [it] [was] so [adj]. | person | person | shy small unlucky | famous strong successful beautiful
[a] dreamed of [b][~] because [it] [was] so [adj]. | person | person | lonely unlucky shy | beautiful famous rich
[a] applauded [b][~] because [it] [was] so [adj]. | person | person | happy grateful | famous clever successful
`

const UNSEEN = `
[a] got stuck inside [b] because [it] [was] too [adj]. | instrument machine text dish | container | ${BIG} | ${SMALL}
[a] could not squeeze into [b] because [it] [was] too [adj]. | beast bird | container | ${BIG} | ${SMALL}
[s] exchanged [a] for [b] because [it] [was] so [adj]. | machine furniture vehicle | = | broken worn rusty old | new better modern
[a] overtook [b][~], for [it] [was] very [adj]. | vehicle | vehicle | fast quick speedy | slow old
[a] helped [b][~] because [it] [was] so [adj]. | person | person | kind generous helpful | helpless ill poor
[a] scolded [b][~] because [it] [was] so [adj]. | person | person | strict stern | rude naughty lazy
[a] admired [b][~], for [it] [was] so [adj]. | person | person | shy unlucky | famous beautiful successful strong
`

/** Who is meant is told by the pronoun alone: the two are a man and a woman. */
const GENDERED_SEEN = `
[a] met [b] at the station[~] because [it] [was] [adj].
[a] told [b] that [it] [was] very [adj].
[a] danced with [b][~] although [it] [was] [adj].
[a] waved to [b] when [it] [event].
After [a] spoke to [b], [it] [event].
[a] went home with [b][~] because [it] [state].
[a] sat next to [b][~] until [it] [event].
[a] wrote to [b][~], and [it] [was] happy about that.
While [a] was looking at [b], [it] began to laugh.
[a] and [b] walked to the village. [It] [was] rather [adj].
[a] married [b] when [it] [was] still [adj].
Because [it] [state], [a] said goodbye to [b].
[a] showed [b] the house, but [it] did not say anything.
`

const GENDERED_UNSEEN = `
[a] called [b][~] because [it] [state].
[a] played chess with [b] until [it] [event].
When [it] [was] [adj], [a] talked to [b].
[a] left [b][~], for [it] [was] too [adj].
`

export interface GenderFrame {
  readonly text: string
  readonly unseen: boolean
}

const lines = (list: string): string[] => list.trim().split('\n')

function parse(list: string, unseen: boolean): RoleFrame[] {
  return lines(list).map((line) => {
    const [text, a, b, ofA, ofB] = line.split(' | ') as [string, string, string, string, string]
    const kinds = a.split(' ') as Kind[]
    return { text, a: kinds, b: b === '=' ? [] : (b.split(' ') as Kind[]), ofA: ofA.split(' '), ofB: ofB.split(' '), unseen }
  })
}

/** Without kinds for [b] it is of the same kind as [a]. */
export const ROLE_FRAMES: readonly RoleFrame[] = [...parse(SEEN, false), ...parse(UNSEEN, true)]

export const GENDER_FRAMES: readonly GenderFrame[] = [
  ...lines(GENDERED_SEEN).map((text) => ({ text, unseen: false })),
  ...lines(GENDERED_UNSEEN).map((text) => ({ text, unseen: true })),
]
