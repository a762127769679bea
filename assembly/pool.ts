/**
 * Handing tasks to threads. A job is `count` tasks of one kind; whoever asks publishes it, everyone claims tasks by adding to one
 * 64-bit word, and whoever asked waits until all are done.
 *
 * The word holds epoch, count and next index together, so that a thread that wakes late and claims from a finished job learns it
 * from the claim itself; a valid claim keeps its job alive, so what it then reads of the job cannot change.
 */

import { CONTROL } from './constants'

/** Control block, mirrored in src/backend/wasm/layout.ts: each field on a cache line of its own. */
const CLAIM: usize = CONTROL
const DONE: usize = CONTROL + 64
const EPOCH: usize = CONTROL + 128
const SLEEPERS: usize = CONTROL + 192
const KIND: usize = CONTROL + 256
const PARAMS: usize = CONTROL + 260
/** How many compiled programs a thread must have installed to run the job. */
const PROGRAMS: usize = CONTROL + 264
const FAILED: usize = CONTROL + 268
const COUNT: usize = CONTROL + 272
/** u32[64]: each thread's scratch. */
const SCRATCH: usize = CONTROL + 320

/** Loops of waiting before a thread goes to sleep: tens of microseconds. */
const PATIENCE: i32 = 20000

const INDEX_BITS: u64 = 24
const COUNT_BITS: u64 = 24
const INDEX_MASK: u64 = (1 << 24) - 1

/** Where compiled programs may write while they run on this thread. */
export let programScratch: usize = 0
export const PROGRAM_SCRATCH: usize = 16384

let installed: i32 = 0

/** This thread has installed so many programs. */
export function setInstalled(programs: i32): void {
  installed = programs
}

/** Publishes a job and wakes the others. Nothing of an earlier job may be running. */
export function publish(kind: i32, params: usize, count: i32, programs: i32): void {
  store<i32>(KIND, kind)
  store<usize>(PARAMS, params)
  store<i32>(PROGRAMS, programs)
  store<i32>(COUNT, count)
  atomic.store<i32>(DONE, 0)
  const epoch = atomic.load<i32>(EPOCH) + 1
  atomic.store<u64>(CLAIM, ((<u64>epoch & 0xffff) << (INDEX_BITS + COUNT_BITS)) | (<u64>count << INDEX_BITS))
  atomic.store<i32>(EPOCH, epoch)
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(EPOCH, -1)
}

/** → the next task of the current job, or −1 when none is left. */
export function claim(): i32 {
  const word = atomic.add<u64>(CLAIM, 1)
  const index = <i32>(word & INDEX_MASK)
  const count = <i32>((word >> INDEX_BITS) & INDEX_MASK)
  return index < count ? index : -1
}

/** Is what the claimed job needs installed in this thread? */
export function ready(): bool {
  return installed >= load<i32>(PROGRAMS)
}

export function jobKind(): i32 {
  return load<i32>(KIND)
}

export function jobParams(): usize {
  return load<usize>(PARAMS)
}

/** This thread's scratch, of which compiled programs have the first PROGRAM_SCRATCH bytes. → where the rest begins. */
export function takeScratch(thread: i32): usize {
  programScratch = load<usize>(SCRATCH + (<usize>thread << 2))
  return programScratch + PROGRAM_SCRATCH
}

/** A task is done; the last one wakes whoever waits. */
export function complete(): void {
  const count = load<i32>(COUNT)
  if (atomic.add<i32>(DONE, 1) + 1 == count) atomic.notify(DONE, 1)
}

/** A task failed: it counts as done, and the job as failed. */
export function fail(): void {
  atomic.store<i32>(FAILED, 1)
  atomic.add<i32>(DONE, 1)
  atomic.notify(DONE, 1)
}

/** → whether a task of the job that just ended failed; forgets it. */
export function takeFailure(): bool {
  return atomic.xchg<i32>(FAILED, 0) != 0
}

/** Waits until `count` tasks are done. */
export function waitDone(count: i32): void {
  let patience = PATIENCE
  for (;;) {
    const done = atomic.load<i32>(DONE)
    if (done >= count) return
    if (patience > 0) patience--
    else atomic.wait<i32>(DONE, done, 1000000)
  }
}

/** Sleeps until a job newer than `seen` is published; → its epoch. */
export function waitJob(seen: i32): i32 {
  for (let n = 0; n < PATIENCE; n++) {
    const epoch = atomic.load<i32>(EPOCH)
    if (epoch != seen) return epoch
  }
  atomic.add<i32>(SLEEPERS, 1)
  while (atomic.load<i32>(EPOCH) == seen) atomic.wait<i32>(EPOCH, seen, -1)
  atomic.sub<i32>(SLEEPERS, 1)
  return atomic.load<i32>(EPOCH)
}
