/** The reference's memory: one ArrayBuffer per allocation, known by a number. Everything has run by the time a call returns. */

import { type Memory, OutOfMemory } from '../../tensor/index.ts'

const buffers = new Map<number, ArrayBuffer>()
const live = { buffers: 0, bytes: 0 }
let next = 1

/** The buffer behind a handle. */
export function bufferOf(handle: number): ArrayBuffer {
  const buffer = buffers.get(handle)
  if (!buffer) throw new Error(`reference: memory ${handle} was freed or never allocated`)
  return buffer
}

export const memory: Memory = {
  name: 'reference',
  allocate(bytes) {
    const handle = next++
    buffers.set(handle, reserve(bytes))
    live.buffers++
    live.bytes += bytes
    return handle
  },
  free(handle) {
    live.bytes -= bufferOf(handle).byteLength
    live.buffers--
    buffers.delete(handle)
  },
  write(handle, byteOffset, data) {
    new Uint8Array(bufferOf(handle), byteOffset).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  },
  async read(handle, byteOffset, bytes) {
    return bufferOf(handle).slice(byteOffset, byteOffset + bytes)
  },
  live,
}

function reserve(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes)
  } catch (cause) {
    throw new OutOfMemory(
      `reference: no room for ${bytes} bytes (${live.bytes} are in use by ${live.buffers} tensors); dispose tensors that are done with, or work in smaller parts`,
      { cause },
    )
  }
}
