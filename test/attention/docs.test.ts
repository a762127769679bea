/** The pictures in docs/attention.md are what the code beside them draws. */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { masks } from '../../src/index.ts'

const text = readFileSync(new URL('../../docs/attention.md', import.meta.url), 'utf8')

describe('docs/attention.md', () => {
  const drawn = [...text.matchAll(/```ts\n([^`]*\.describe\([^`]*)\n```\n\n```text\n([^`]*)\n```/g)].map(
    ([, code, picture]) => [code!, picture!] as const,
  )

  it('has its pictures', () => {
    expect(drawn.length).toBeGreaterThanOrEqual(18)
  })

  it.each(drawn)('%s', (code, picture) => {
    expect(new Function('masks', `return ${code}`)(masks)).toBe(picture)
  })
})
