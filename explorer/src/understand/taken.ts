/** What Understand offers to be taken away: a score channel by channel, and the row that it stands in from scores to shares. */

import type { Offer } from '../take/offers.svelte.ts'
import { type Facts, ofOneHead } from './facts.ts'
import { says } from './strings.ts'

export function factsOffers(facts: Facts): Offer[] {
  if (!ofOneHead(facts)) return []
  const { at, names, head, link } = facts
  const [from, to] = [names[at.token]!, names[at.column]!]
  const where = says.take.where(at.layer, at.head as number)
  const { row } = head
  return [
    {
      file: 'score',
      title: says.take.score(from, to, where),
      caption: [says.take.sums(link.product, link.scaled, link.weight)],
      table: () => ({
        head: says.take.scoreHead,
        rows: Array.from(link.terms, (term, channel) => [channel, link.q[channel], link.k[channel], term]),
      }),
    },
    {
      file: 'row',
      title: says.take.row(from, where),
      table: () => ({
        head: says.take.rowHead,
        rows: names.map((name, j) => [j, name, row.scaled[j], row.capped[j], row.masked[j], row.raised[j], row.weights[j]]),
      }),
    },
  ]
}
