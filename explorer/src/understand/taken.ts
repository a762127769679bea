/** What Understand offers to be taken away: a score channel by channel, and the row that it stands in from scores to shares. */

import type { Offer } from '../take/offers.svelte.ts'
import { type Facts, type HeadLook, headOf, nameIn, ofOneHead } from './facts.ts'
import { says } from './strings.ts'

export const factsOffers = (facts: Facts): Offer[] =>
  [facts.own, facts.across].filter(ofOneHead).flatMap((look) => lookOffers(look, facts))

function lookOffers(look: HeadLook, { at, names }: Facts): Offer[] {
  const [from, to] = [names[at.token]!, look.names[look.column]!]
  const where = says.take.where[look.which](at.layer, headOf(look))
  const { row, link } = look.head
  const file = (name: string): string => nameIn(look, name).replace(' ', '-')
  return [
    {
      file: file('score'),
      title: says.take.score(from, to, where),
      caption: [says.take.sums(link.product, link.scaled, link.weight)],
      table: () => ({
        head: says.take.scoreHead,
        rows: Array.from(link.terms, (term, channel) => [channel, link.q[channel], link.k[channel], term]),
      }),
    },
    {
      file: file('row'),
      title: says.take.row(from, where),
      table: () => ({
        head: says.take.rowHead,
        rows: look.names.map((name, j) => [j, name, row.scaled[j], row.capped[j], row.masked[j], row.raised[j], row.weights[j]]),
      }),
    },
  ]
}
