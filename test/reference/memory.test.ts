import { expect, it } from 'vitest'
import { memory } from '../../src/backend/reference/memory.ts'
import { OutOfMemory } from '../../src/index.ts'

it('counts what lives', () => {
  const { buffers, bytes } = memory.live
  const a = memory.allocate(8)
  const b = memory.allocate(0)
  expect(memory.live).toEqual({ buffers: buffers + 2, bytes: bytes + 8 })
  memory.free(a)
  memory.free(b)
  expect(memory.live).toEqual({ buffers, bytes })
})

it('reads what it holds at the call, even if it is freed or written before the answer is looked at', async () => {
  const handle = memory.allocate(4)
  memory.write(handle, 1, Uint8Array.of(7, 8))
  const pending = memory.read(handle, 1, 2)
  memory.write(handle, 1, Uint8Array.of(0, 0))
  memory.free(handle)
  expect([...new Uint8Array(await pending)]).toEqual([7, 8])
})

it('writes the bytes of a part of an array', async () => {
  const handle = memory.allocate(8)
  memory.write(handle, 0, Float32Array.of(1, 2, 3).subarray(1))
  expect([...new Float32Array(await memory.read(handle, 0, 8))]).toEqual([2, 3])
  memory.free(handle)
})

it('says how much was asked for, and what to do, where there is no room', () => {
  expect(() => memory.allocate(2 ** 53)).toThrow(OutOfMemory)
  expect(() => memory.allocate(2 ** 53)).toThrow(
    /^reference: no room for 9007199254740992 bytes \(\d+ are in use by \d+ tensors\); dispose /,
  )
})

it('refuses a handle that was freed', () => {
  const handle = memory.allocate(4)
  memory.free(handle)
  expect(() => memory.free(handle)).toThrow(`reference: memory ${handle} was freed or never allocated`)
})
