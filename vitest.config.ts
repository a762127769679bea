import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['regard-source'] },
  ssr: { resolve: { conditions: ['regard-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
  },
})
