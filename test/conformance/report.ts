/** Says at the end of a file how many third-party cases ran, and which did not and why. */

import { afterAll } from 'vitest'

export function reportCases(collection: string): { ran(group: string): void; skipped(name: string, reason: string): void } {
  const groups = new Map<string, number>()
  const skips: string[] = []
  afterAll(() => {
    const total = [...groups.values()].reduce((a, b) => a + b, 0)
    const list = [...groups].map(([group, n]) => `${group} ${n}`).join(', ')
    console.info(
      `${collection}: ${total} cases ran (${list}); ${skips.length} skipped${skips.map((skip) => `\n  ${skip}`).join('')}`,
    )
  })
  return {
    ran: (group) => groups.set(group, (groups.get(group) ?? 0) + 1),
    skipped: (name, reason) => skips.push(`${name}: ${reason}`),
  }
}
