/** The element for other pages: one module beside its worker, kernels and the embedded encoder, from any origin. */

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, mergeConfig } from 'vite'
import { shared } from './vite.config.ts'

export default mergeConfig(
  shared,
  defineConfig({
    // Styles are put into the element's own root, where the page's do not reach.
    plugins: [svelte({ configFile: false, compilerOptions: { css: 'injected' } })],
    build: {
      outDir: 'dist/embed',
      rollupOptions: {
        input: { 'regard-matrix': 'src/embed/regard-matrix.ts' },
        output: { entryFileNames: '[name].js', format: 'es' },
        preserveEntrySignatures: 'exports-only',
      },
    },
  }),
)
