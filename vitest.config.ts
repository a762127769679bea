import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    conditions: ['regard-source'],
    // The explorer is a package of its own, where the library's name is nobody's.
    alias: Object.fromEntries(
      ['model', 'picture'].map((room) => [`regard/${room}`, fileURLToPath(new URL(`src/${room}/index.ts`, import.meta.url))]),
    ),
  },
  ssr: { resolve: { conditions: ['regard-source', 'node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/builds.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Most files start an engine that uses every core by itself.
    maxWorkers: 2,
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    // A hook may wait for another file's build of the page.
    hookTimeout: 300_000,
    reporters: ['default', './scripts/closing-line.mjs'],
  },
})
