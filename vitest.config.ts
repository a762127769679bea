import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['regard-source'] },
  ssr: { resolve: { conditions: ['regard-source', 'node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Most files start an engine that uses every core by itself.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', './scripts/closing-line.mjs'],
  },
})
