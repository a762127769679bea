import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { expectedRows, relativeError } from '../../bench/expected.ts'
import { compileRung } from '../../bench/ladder/compile.ts'
import { RUNGS } from '../../bench/ladder/rungs.ts'
import { ChildRemote } from '../../bench/process/remote.ts'
import { type AttentionWork, sampleRows } from '../../bench/work.ts'

/** The compiler alone takes seconds, on a busy machine many. */
const PATIENCE_MS = 180_000
const CHILD = fileURLToPath(new URL('../../bench/process/child.ts', import.meta.url))

describe('the ladder', () => {
  test.each(RUNGS.map(({ name, how, mask }, number) => ({ name, how, mask, number })))(
    'rung $number, $name, computes attention',
    async ({ number, how, mask = { kind: 'dense' } }) => {
      const work: AttentionWork = { kind: 'attention', heads: 1, queries: 256, keys: 256, width: 64, mask }
      if (how.kind === 'kernel') await compileRung(number, how)
      const rung = new ChildRemote({ program: process.execPath, args: ['--no-warnings', CHILD, `rung-${number}`] })
      try {
        expect(await rung.ask({ ask: 'prepare', work, threads: 1 })).not.toHaveProperty('failed')
        expect(await rung.ask({ ask: 'first' })).not.toHaveProperty('failed')
        const rows = sampleRows(work)
        const { data } = await rung.ask({ ask: 'rows', rows })
        expect(relativeError(data!, expectedRows(work, rows))).toBeLessThan(1e-5)
      } finally {
        await rung.close()
      }
    },
    PATIENCE_MS,
  )
})
