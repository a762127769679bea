/** How each contestant is started, and what it is called in print. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PeerName } from './cases.ts'
import type { Command } from './process/remote.ts'

export type ContestantName = 'regard' | PeerName

export const LABELS: Readonly<Record<ContestantName, string>> = {
  regard: 'Regard',
  pytorch: 'PyTorch',
  'pytorch-avx2': 'PyTorch held to AVX2',
  'pytorch-reduced': 'PyTorch in fewer bits',
  'onnxruntime-node': 'onnxruntime-node',
  'onnxruntime-web': 'onnxruntime-web',
  litert: 'LiteRT.js',
  'jax-js': 'jax-js',
}

/** Ratios against these are printed as a note and decide no bar: the library is held back, or computes with other weights than the bar names. */
export const NOTES_ONLY: readonly PeerName[] = ['pytorch-avx2', 'pytorch-reduced']

const PACKAGES: Partial<Record<ContestantName, string>> = {
  'onnxruntime-node': 'onnxruntime-node',
  'onnxruntime-web': 'onnxruntime-web',
  litert: '@litertjs/core',
  'jax-js': '@jax-js/jax',
}

/** The version npm installed; Python's libraries report their own. */
export function versionOf(name: ContestantName): string | undefined {
  const folder = PACKAGES[name]
  const file = name === 'regard' ? '../package.json' : folder && `./node_modules/${folder}/package.json`
  return file ? (JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { version: string }).version : undefined
}

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** V8's 256-bit tier makes the WASM peers faster too: each runs in its best configuration. Regard sets the flag itself. */
const WIDE = '--experimental-wasm-revectorize'

/** PyTorch and its libraries held to 256-bit vectors. */
const AVX2 = { ATEN_CPU_CAPABILITY: 'avx2', MKL_ENABLE_INSTRUCTIONS: 'AVX2', ONEDNN_MAX_CPU_ISA: 'AVX2' }

/** Nothing is fetched while measuring, and nothing is left beside the sources. */
const OFFLINE = { HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error', PYTHONDONTWRITEBYTECODE: '1' }

export function isPython(name: ContestantName): boolean {
  return name.startsWith('pytorch')
}

export function commandFor(name: ContestantName, python: string | undefined): Command {
  if (isPython(name)) {
    if (!python) throw new Error(`${name}: name a Python that has PyTorch with --python PATH`)
    const args = [path('contestants/pytorch.py'), ...(name === 'pytorch-reduced' ? ['--reduced'] : [])]
    return { program: python, args, env: { ...OFFLINE, ...(name === 'pytorch-avx2' && AVX2) } }
  }
  const flags = ['--expose-gc', '--no-warnings', ...(name === 'regard' ? [] : [WIDE])]
  return { program: process.execPath, args: [...flags, path('process/child.ts'), name] }
}
