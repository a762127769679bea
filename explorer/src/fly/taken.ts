/** What Fly offers to be taken away: the links that are drawn, and the picture as it stands. */

import type { Offer } from '../take/offers.svelte.ts'
import { MEAN } from './layout.ts'
import type { Chosen, Links } from './links.ts'
import { said } from './strings.ts'

/** `from`: where the part begins that is flown through. `image`: the picture, where there is one. */
export function linksOffer(
  links: Links,
  { places, above, all }: Chosen,
  {
    names,
    from,
    threshold,
    image,
  }: { names: readonly string[]; from: number; threshold: number; image: (() => Promise<Blob>) | undefined },
): Offer {
  return {
    file: 'links',
    title: said.take.title,
    caption: [said.drawn(places.length, above, all, threshold)],
    table: () => ({
      head: said.take.head,
      rows: Array.from(places, (place) => {
        const { layer, head, token, column } = links.linkAt(place)
        const [i, j] = [token + from, column + from]
        return [layer, head === MEAN ? 'mean' : head, i, names[i], j, names[j], links.weight(place)]
      }),
    }),
    ...(image && { image }),
  }
}
