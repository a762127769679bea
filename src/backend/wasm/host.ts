/** The other end of remote.ts: a worker that runs the machine for a page's main thread, command by command. */

import type { View } from '../../tensor/index.ts'
import type { Kernels } from '../kernels.ts'
import { startHere, type WasmBackend } from './index.ts'
import type { Command, Reply } from './remote.ts'

let backend: WasmBackend | undefined
const addresses = new Map<number, number>()
/** Tensors that could not be made or computed, and why: whoever reads them, or what was computed from them, is told. */
const broken = new Map<number, Error>()

const answer = (reply: Reply, transfer: Transferable[] = []) => postMessage(reply, { transfer })

let turn = Promise.resolve()
addEventListener('message', ({ data }: MessageEvent<Command[]>) => {
  turn = turn.then(async () => {
    for (const command of data) await obey(command)
  })
})

async function obey(command: Command): Promise<void> {
  switch (command.do) {
    case 'start':
      return start(command)
    case 'allocate':
      return guarded([command.handle], () => void addresses.set(command.handle, backend!.memory.allocate(command.bytes)))
    case 'free':
      broken.delete(command.handle)
      if (addresses.has(command.handle)) backend!.memory.free(addresses.get(command.handle)!)
      addresses.delete(command.handle)
      return
    case 'write':
      return guarded([command.handle], () => backend!.memory.write(addressOf(command.handle), command.byteOffset, command.data))
    case 'call':
      return call(command.kernel, command.args)
    case 'read':
      return read(command)
  }
}

async function start({ options }: Extract<Command, { do: 'start' }>): Promise<void> {
  try {
    backend = await startHere(options)
    const { tier, threads, notes } = backend
    answer({ reply: 'started', tier, threads, notes })
    void backend.settled().then(() => answer({ reply: 'settled', threads: backend!.threads, notes: backend!.notes }))
  } catch (error) {
    answer({ reply: 'failed', message: (error as Error).message })
  }
}

/** Runs `act`; if it fails, what it was to make is broken. */
function guarded(makes: readonly number[], act: () => void): void {
  try {
    act()
  } catch (error) {
    for (const handle of makes) broken.set(handle, error as Error)
  }
}

function addressOf(handle: number): number {
  const error = broken.get(handle)
  if (error) throw error
  const address = addresses.get(handle)
  if (address === undefined) throw new Error(`the engine knows no tensor ${handle}`)
  return address
}

function call(kernel: keyof Kernels, args: readonly unknown[]): void {
  guarded(outputsOf(args), () => {
    const run = backend!.kernels[kernel] as (...args: unknown[]) => void
    run(...args.map(located))
  })
}

const isView = (value: unknown): value is View => typeof value === 'object' && value !== null && 'handle' in value

/** The argument with every view's handle replaced by its address. */
function located(value: unknown): unknown {
  if (isView(value)) return { ...value, handle: addressOf(value.handle) }
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object') ? value.map(located) : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, located(item)]))
}

/** Calls that write more than `out` and `lse`: a field by which they are known, and what they write. */
const WRITTEN: readonly (readonly [string, readonly string[]])[] = [
  ['dOut', ['dq', 'dk', 'dv', 'dSinks']],
  ['dx', ['dx', 'dWeight', 'dBias']],
  ['betas', ['parameter', 'm', 'v', 'vmax']],
]

/** What a kernel writes: `out` and `lse` of a call by name (see Kernels), else the last view. */
function outputsOf(args: readonly unknown[]): number[] {
  const [first] = args
  if (args.length === 1 && !isView(first)) {
    const written = WRITTEN.find(([mark]) => mark in (first as object))?.[1]
    if (written) return written.flatMap((name) => (first as Record<string, View | undefined>)[name]?.handle ?? [])
    const { out, lse, stage } = first as { out: View; lse?: View; stage?: string }
    return lse && stage === undefined ? [out.handle, lse.handle] : [out.handle]
  }
  return [args.findLast(isView)!.handle]
}

async function read({ id, handle, byteOffset, bytes }: Extract<Command, { do: 'read' }>): Promise<void> {
  try {
    const data = await backend!.memory.read(addressOf(handle), byteOffset, bytes)
    answer({ reply: 'read', id, data }, [data])
  } catch (error) {
    const { name, message } = error as Error
    answer({ reply: 'unreadable', id, name, message })
  }
}
