/**
 * Frames: sentences with places to fill. [a] and [b] are the two things that the pronoun might mean, [s] is a person beside them,
 * [it] is the pronoun, and [adj], [state] or [event] is what is said of one of the two. Which of them is meant follows from what can be
 * said of whom. Frames under `unseen` are kept out of training.
 */

import type { Kind } from './nouns.ts'

export interface TypeFrame {
  readonly text: string
  readonly a: readonly Kind[]
  readonly b: readonly Kind[]
  readonly unseen: boolean
}

const SEEN = `
[a] did not cross [b] because [it] [was] too [adj]. | beast vehicle | road
[a] could not cross [b] because [it] [was] so [adj]. | beast vehicle | road water
[a] stopped in the middle of [b][~] because [it] [state]. | beast vehicle | road
[a] stopped beside [b][~] because [it] [was] [adj]. | beast vehicle | road water building
[a] sat on [b][~] because [it] [was] [adj]. | beast bird | furniture
[a] slept under [b][~] until [it] [event]. | beast | furniture vehicle plant
[a] chased [b][~] until [it] [event]. | beast | vehicle bird
[a] drank from [b][~] because [it] [state]. | beast bird | water container dish
[a] ran through [b][~] although [it] [was] [adj]. | beast | land room building
[a] got stuck in [b] because [it] [was] too [adj]. | beast vehicle | room road
[a] sailed across [b][~] although [it] [was] very [adj]. | boat | water
[a] disappeared in [b][~] because [it] [state]. | boat | water
[a] fell off [b][~] because [it] [was] so [adj]. | dish instrument bird | furniture vehicle
[a] grew beside [b][~] until [it] [event]. | plant | water building road
[a] flew over [b][~] when [it] [event]. | bird | water building plant land
[a] followed [b][~] since [it] [was] [adj]. | beast bird | vehicle boat
[a] jumped over [b][~]. [It] [was] very [adj]. | beast | water plant furniture
[a] stood in front of [b][~] until [it] [event]. | vehicle beast | building plant
[a] crashed into [b][~], for [it] [state]. | vehicle | building plant
[s] put [a] on [b][~] because [it] [was] [adj]. | food dish instrument text | furniture machine
[s] put [a] into [b][~] since [it] [state]. | food clothing tool text | container machine
[s] parked [a] near [b][~] because [it] [was] [adj]. | vehicle | water building
[s] parked [a] next to [b][~] until [it] [event]. | vehicle | water plant building
[s] drove [a] to [b][~] because [it] [state]. | vehicle | building
[s] took [a] out of [b][~] because [it] [state]. | food clothing machine text tool | container room vehicle
[s] took [a] out of [b][~] because [it] [was] [adj]. | food clothing machine text tool | container room vehicle
[s] read [a] in [b][~] because [it] [was] [adj]. | text | room building
[s] cut [b] with [a] because [it] [was] so [adj]. | tool | food plant
[s] carried [a] across [b][~], for [it] [was] [adj]. | container beast instrument | road water
[s] led [a] into [b][~] when [it] [event]. | beast | building
[s] moved [a] out of [b][~] after [it] [event]. | furniture machine vehicle | building
[s] washed [a] in [b][~] because [it] [was] very [adj]. | clothing dish beast | water
[s] planted [a] next to [b][~] because [it] [was] too [adj]. | plant | building road
[s] rode [a] down [b][~] although [it] [was] [adj]. | beast | road
[s] covered [a] with [b][~] because [it] [was] [adj]. | furniture machine vehicle food | clothing
[s] hung [a] in [b][~] after [it] [event]. | clothing | room
[s] cooked [a] in [b][~] until [it] [event]. | food | room building
[s] wore [a] in [b][~] because [it] [was] [adj]. | clothing | building room land
[s] ate [a] in [b][~]. [It] [was] rather [adj]. | food | room vehicle building
[s] found [a] in [b][~]. [It] [was] very [adj]. | beast text tool machine food | container room building
[s] fixed [a] in [b][~] because [it] [state]. | machine vehicle | room building
[s] played [a] in [b][~], but [it] [was] too [adj]. | instrument | room building
[s] painted [a] beside [b][~] because [it] [was] so [adj]. | building vehicle boat | plant land water
[s] kept [a] in [b][~] because [it] [was] too [adj]. | beast bird | building room
[s] wanted to sell [a] and keep [b], because [it] [was] [adj]. | vehicle furniture clothing machine instrument | building land text
[s] liked [a] better than [b], because [it] [was] [adj]. | building land room | vehicle clothing food
Because [it] [was] too [adj], [a] did not cross [b]. | beast vehicle | road water
Because [it] [state], [a] stayed near [b]. | beast bird | water building plant
Since [it] [was] so [adj], [s] left [a] in [b]. | machine vehicle clothing | building room
When [it] [event], [s] took [a] to [b]. | beast vehicle machine | building water
Before [it] [event], [a] stood near [b]. | vehicle beast | building water plant
[It] [was] so [adj] that [a] did not cross [b]. | beast vehicle | road
[It] [was] so [adj] that [s] took [a] out of [b]. | food clothing machine | container room
[s] looked for [a] in [b][~], and when [it] [event], nobody was surprised. | beast text | building
[s] asked me to bring [a] to [b], and I said that [it] [was] too [adj]. | vehicle furniture beast | land building
As soon as [s] saw [a] near [b], [it] [event]. | beast bird | vehicle building
There was nothing wrong with [a] in [b], but [it] [was] a little [adj]. | machine furniture clothing instrument | building room
`

const UNSEEN = `
[a] would not leave [b][~] because [it] [was] too [adj]. | beast bird | room building plant
[a] waited outside [b][~] since [it] [was] so [adj]. | beast vehicle | building room
[a] hid behind [b][~]. [It] [was] very [adj]. | beast bird | furniture plant vehicle
[a] could not get out of [b][~] because [it] [state]. | vehicle beast | building water
[a] swam across [b][~] although [it] [was] [adj]. | beast | water
[s] dropped [a] into [b][~], and soon [it] [event]. | food clothing tool | water container
[s] brought [a] back to [b][~] because [it] [state]. | text machine clothing | building
[s] tied [a] to [b][~] because [it] [was] [adj]. | beast boat | plant vehicle
[s] forgot [a] in [b][~], so [it] [event]. | food clothing text | vehicle room
[s] fed [a] near [b][~] because [it] [was] [adj]. | beast bird | water building
[s] left [a] on [b][~] until [it] [event]. | food clothing text | furniture vehicle
[s] cleaned [a] before going to [b][~], for [it] [was] very [adj]. | vehicle clothing dish | building room land
[s] complained about [a] in [b] because [it] [was] too [adj]. | food machine furniture | room building
Although [it] [was] [adj], [s] carried [a] through [b]. | container beast furniture | land water
Until [it] [event], [s] kept [a] beside [b]. | beast machine plant | water building
[It] [was] too [adj], so [s] moved [a] away from [b]. | vehicle furniture beast | water road
If [it] [was] not so [adj], [a] would cross [b]. | beast vehicle | road water
`

function parse(list: string, unseen: boolean): TypeFrame[] {
  return list
    .trim()
    .split('\n')
    .map((line) => {
      const [text, a, b] = line.split(' | ') as [string, string, string]
      return { text, a: a.split(' ') as Kind[], b: b.split(' ') as Kind[], unseen }
    })
}

export const TYPE_FRAMES: readonly TypeFrame[] = [...parse(SEEN, false), ...parse(UNSEEN, true)]
