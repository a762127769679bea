import { describe, expect, it } from 'vitest'
import { bindKernels } from '../../src/backend/wasm/bind.ts'
import { Machine, makeMemory } from '../../src/backend/wasm/machine.ts'
import { selfCheck } from '../../src/backend/wasm/selfcheck.ts'
import { askForWide, knowsRelaxedSimd, loadTier, PANELS, type Tier } from '../../src/backend/wasm/tiers.ts'
import { engineInfo, init } from '../../src/index.ts'

const TIERS: readonly Tier[] = ['plain', 'relaxed', 'wide']

describe('the tiers', () => {
  it('all know relaxed SIMD on Node 24, and take the flag that widens it', async () => {
    expect(knowsRelaxedSimd()).toBe(true)
    expect(await askForWide()).toBe(true)
  })

  it.each(TIERS)('%s computes what the reference computes', async (tier) => {
    const machine = new Machine(tier, await loadTier(tier), makeMemory())
    expect(selfCheck(machine)).toBeUndefined()
  })

  it.each(TIERS)('the self-check of %s finds a kernel that is wrong', async (tier) => {
    const machine = new Machine(tier, await loadTier(tier), makeMemory())
    // The constant of log2(e), of which every exponential is made, a little off.
    machine.f32.fill(Math.LOG2E * 1.001, 1024 / 4, 1024 / 4 + 4)
    expect(selfCheck(machine)).toMatch(/differs from the reference/)
  })

  it.each(TIERS)('%s packs weights as wide as its register tile', async (tier) => {
    const machine = new Machine(tier, await loadTier(tier), makeMemory())
    const depth = 3
    const rows = PANELS[tier] + 1
    const x = machine.allocate(rows * depth * 4)
    machine.f32.set(
      Array.from({ length: rows * depth }, (_, n) => n),
      x / 4,
    )
    const out = machine.allocate(2 * PANELS[tier] * depth * 4)
    const view = { offset: 0, shape: [rows, depth], strides: [depth, 1], dtype: 'float32' as const }
    bindKernels(machine).pack({ ...view, handle: x }, { ...view, handle: out, panels: PANELS[tier] })
    // Panel 0, depth 0: the first number of each row; panel 1: the last row and zeros.
    const packed = [...machine.f32.subarray(out / 4, out / 4 + 2 * PANELS[tier] * depth)]
    expect(packed.slice(0, PANELS[tier])).toEqual(Array.from({ length: PANELS[tier] }, (_, row) => row * depth))
    expect(packed.slice(PANELS[tier] * depth, PANELS[tier] * depth + 3)).toEqual([PANELS[tier] * depth, 0, 0])
  })
})

describe('init', () => {
  it('without the wide tier says that it runs on 128 bits', async () => {
    const info = await init({ wide: false, threads: 1 })
    expect(info.tier).toBe('relaxed')
    expect(String(info)).toBe('wasm, 128-bit fused, 1 thread')
    expect(engineInfo()).toBe(info)
  })

  it('refuses options that it does not know', async () => {
    await expect(init({ threads: 0 })).rejects.toThrow('init: threads must be an integer from 1 to 64, got 0')
    await expect(init({ backend: 'webgl' as 'wasm' })).rejects.toThrow('init: backend must be')
  })
})
