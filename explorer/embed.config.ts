/**
 * The element for other pages: one module beside its worker and kernels, from any origin. It lies two folders below the embedded
 * models, in a site (components/regard-matrix/) as in the package (dist/embed/).
 */

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, mergeConfig, type Plugin } from 'vite'
import { shared } from './vite.config.ts'

/** The embedded models are no part of the bundle: they are where they are, once. */
function modelsBesideIt(): Plugin {
  return {
    name: 'regard-models-beside-the-element',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/model\/embedded\.ts$/ },
      handler: (code) => code.replaceAll("new URL('../../models/", "new URL(/* @vite-ignore */ '../../models/"),
    },
  }
}

export default mergeConfig(
  shared,
  defineConfig({
    // Styles are put into the element's own root, where the page's do not reach.
    plugins: [svelte({ configFile: false, compilerOptions: { css: 'injected' } }), modelsBesideIt()],
    worker: { plugins: () => [...(shared.worker?.plugins?.() ?? []), modelsBesideIt()] },
    build: {
      outDir: 'dist/components/regard-matrix',
      assetsDir: '',
      rollupOptions: {
        input: { 'regard-matrix': 'src/embed/regard-matrix.ts' },
        output: { entryFileNames: '[name].js', format: 'es' },
        preserveEntrySignatures: 'exports-only',
      },
    },
  }),
)
