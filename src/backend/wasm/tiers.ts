/**
 * The three builds of the kernels and how to get one: 'wide' needs V8 to join adjacent 128-bit operations into 256-bit ones,
 * 'relaxed' needs relaxed SIMD (fused multiply-add), 'plain' runs wherever WASM has SIMD.
 */

export type Tier = 'plain' | 'relaxed' | 'wide'

/** Columns of each tier's register tile (assembly/tile.mjs), and so rows of a panel of a packed weight. */
export const PANELS: Record<Tier, number> = { plain: 8, relaxed: 8, wide: 16 }

/** Node's own modules come from process.getBuiltinModule: an import, even a dynamic one, is what bundlers for browsers trip over. */
export const isNode = typeof process !== 'undefined' && typeof process.versions?.node === 'string'

const urls: Record<Tier, () => URL> = {
  plain: () => new URL('./kernels/plain.wasm', import.meta.url),
  relaxed: () => new URL('./kernels/relaxed.wasm', import.meta.url),
  wide: () => new URL('./kernels/wide.wasm', import.meta.url),
}

/** The compiled module of a tier. Throws where the engine does not know its instructions, or where the file is missing. */
export async function loadTier(tier: Tier): Promise<WebAssembly.Module> {
  const url = urls[tier]()
  if (isNode) {
    const { readFile } = process.getBuiltinModule('node:fs/promises')
    const bytes = await readFile(url).catch((error: Error) => {
      throw new Error(`init: the kernels are not built (${error.message}); run \`npm run kernels\``)
    })
    return new WebAssembly.Module(bytes)
  }
  const response = await fetch(url)
  if (!response.ok) throw new Error(`init: the kernels could not be fetched from ${url} (HTTP ${response.status})`)
  return WebAssembly.compile(await response.arrayBuffer())
}

/** f32x4.relaxed_madd in an otherwise empty function: does the engine know it? */
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133,
  2, 11,
])

export function knowsRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_PROBE)
}

/**
 * Asks V8 to widen, before anything is compiled. It is a flag of the whole process; threads inherit it. → whether it was accepted;
 * whether V8 really widens only a race can tell.
 */
export async function askForWide(): Promise<boolean> {
  if (!isNode) return false
  try {
    process.getBuiltinModule('node:v8').setFlagsFromString('--experimental-wasm-revectorize')
    return true
  } catch {
    return false
  }
}
