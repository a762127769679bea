/** The page: static files with relative addresses, so that any host can serve them from any folder. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, mergeConfig, type Plugin } from 'vite'
import { besideThePage, embeddedModels } from './embedded-models.ts'

const root = new URL('../', import.meta.url)

/** `regard/…` → its source, as the package's own `regard-source` condition says. Longest name first: aliases match by prefix. */
function sources(): { find: RegExp; replacement: string }[] {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    exports: Record<string, string | Record<string, string>>
  }
  return Object.entries(exports).flatMap(([subpath, entry]) =>
    typeof entry === 'string' || !entry['regard-source']
      ? []
      : [{ find: new RegExp(`^regard${subpath.slice(1)}$`), replacement: fileURLToPath(new URL(entry['regard-source'], root)) }],
  )
}

/** Published code names its worker `./worker.js`; in the sources that file is `./worker.ts`. */
function workerSources(): Plugin {
  return {
    name: 'regard-worker-sources',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/backend\/wasm\/[^/]+\.ts$/ },
      handler: (code) => code.replaceAll(/(['"])\.\/worker\.js\1/g, '$1./worker.ts$1'),
    },
  }
}

/** What the page and the element for other pages have in common. */
export const shared = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  resolve: { alias: sources() },
  plugins: [workerSources()],
  worker: { format: 'es', plugins: () => [workerSources()] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
  },
  server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
})

export default mergeConfig(
  shared,
  defineConfig({
    plugins: [svelte({ configFile: false }), embeddedModels(), besideThePage()],
    worker: { plugins: () => [workerSources(), embeddedModels()] },
  }),
)
