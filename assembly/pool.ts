/**
 * Handing tasks to threads. A job is `count` tasks of one kind, cut into one queue of neighbours per thread. Whoever asks publishes it; everyone
 * claims from their own queue and then from those of others; whoever asked waits until all are done. So a thread meets the same share of a
 * weight in every call, while it is in that processor's cache, and a thread that is late or absent is made up for.
 *
 * A queue is one 64-bit word, claimed from by adding to it. It holds length and next place together, so that a thread that wakes late and claims
 * from a finished job learns it from the claim itself; a valid claim keeps its job alive, so what it then reads of the job cannot change.
 */

import { CONTROL, QUEUES } from './constants'

/** Control block, mirrored in src/backend/wasm/layout.ts: what threads wait for is on a cache line of its own. */
const DONE: usize = CONTROL + 64
const EPOCH: usize = CONTROL + 128
const SLEEPERS: usize = CONTROL + 192
const KIND: usize = CONTROL + 256
const PARAMS: usize = CONTROL + 260
/** How many compiled programs a thread must have installed to run the job. */
const PROGRAMS: usize = CONTROL + 264
const FAILED: usize = CONTROL + 268
const COUNT: usize = CONTROL + 272
/** How many threads there are, and so queues. */
const THREADS: usize = CONTROL + 276
/** Counts the jobs, those of one thread too. */
const JOB: usize = CONTROL + 284
/** u32[64]: each thread's scratch. */
const SCRATCH: usize = CONTROL + 320

/**
 * How long a helper looks for work before it goes to sleep, and whoever asked for the end of it, in milliseconds: waking a thread takes longer
 * than a small product.
 */
const AWAKE: f64 = 0.5
const AWAIT: f64 = 0.1
/** A helper's look where looking has not paid of late, as on processors that others use too: there it keeps from working whom it waits for. */
const BRIEF: f64 = 0.02
/** Looks between two looks at the clock. */
const LOOKS: i32 = 128

/** Milliseconds. */
@external("env", "now") declare function now(): f64
/** Lets the processor rest for some nanoseconds. */
@external("env", "pause") declare function pause(): void

/** Where compiled programs may write while they run on this thread. */
export let programScratch: usize = 0
export const PROGRAM_SCRATCH: usize = 16384

let installed: i32 = 0

/** This thread has installed so many programs. */
export function setInstalled(programs: i32): void {
  installed = programs
}

/** A job begins: what a thread still has from the one before is stale. */
export function beginJob(): void {
  store<i32>(JOB, load<i32>(JOB) + 1)
}

/** Tells the current job from those before it. */
export function jobNumber(): i32 {
  return load<i32>(JOB)
}

/** Where the tasks of a queue begin, of `count` in all. */
// @ts-ignore: decorator
@inline function firstOf(queue: i32, count: i32, threads: i32): i32 {
  return <i32>(<i64>queue * count / threads)
}

/** Publishes a job and wakes the others. Nothing of an earlier job may be running. */
export function publish(kind: i32, params: usize, count: i32, programs: i32): void {
  beginJob()
  store<i32>(KIND, kind)
  store<usize>(PARAMS, params)
  store<i32>(PROGRAMS, programs)
  store<i32>(COUNT, count)
  atomic.store<i32>(DONE, 0)
  const threads = load<i32>(THREADS)
  for (let queue = 0, first = 0; queue < threads; queue++) {
    const next = firstOf(queue + 1, count, threads)
    atomic.store<u64>(QUEUES + (<usize>queue << 6), <u64>(next - first) << 32)
    first = next
  }
  atomic.add<i32>(EPOCH, 1)
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(EPOCH, -1)
}

// @ts-ignore: decorator
@inline function isEmpty(queue: u64): bool {
  return <u32>queue >= <u32>(queue >> 32)
}

/** → the next task of the current job for this thread, or −1 when none is left. */
export function claim(thread: i32): i32 {
  const threads = load<i32>(THREADS)
  for (let n = 0, queue = thread; n < threads; n++) {
    const at = QUEUES + (<usize>queue << 6)
    if (!isEmpty(atomic.load<u64>(at))) {
      const word = atomic.add<u64>(at, 1)
      if (!isEmpty(word)) return firstOf(queue, load<i32>(COUNT), threads) + <i32>word
    }
    if (++queue == threads) queue = 0
  }
  return -1
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

/** This thread's scratch, of which compiled programs have the first PROGRAM_SCRATCH bytes; it may move between jobs. → where the rest begins. */
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
  if (atomic.load<i32>(DONE) >= count) return
  const until = now() + AWAIT
  do {
    for (let n = 0; n < LOOKS; n++) {
      if (atomic.load<i32>(DONE) >= count) return
      pause()
    }
  } while (now() < until)
  for (;;) {
    const done = atomic.load<i32>(DONE)
    if (done >= count) return
    atomic.wait<i32>(DONE, done, 1000000)
  }
}

/** Waits until a job newer than `seen` is published, asleep if it takes long; → its epoch. */
export function waitJob(seen: i32): i32 {
  if (!judged(looked(seen, brief > 0 ? BRIEF : AWAKE))) {
    atomic.add<i32>(SLEEPERS, 1)
    while (atomic.load<i32>(EPOCH) == seen) atomic.wait<i32>(EPOCH, seen, -1)
    atomic.sub<i32>(SLEEPERS, 1)
  }
  return atomic.load<i32>(EPOCH)
}

/** → whether a job newer than `seen` was published within `patience`. */
function looked(seen: i32, patience: f64): bool {
  const until = now() + patience
  do {
    for (let n = 0; n < LOOKS; n++) {
      if (atomic.load<i32>(EPOCH) != seen) return true
      pause()
    }
  } while (now() < until)
  return false
}

/** What this thread's looks came to: those that found add to its credit, others cost more; without credit some are brief, more every time. */
const MOST_CREDIT: i32 = 8, COST: i32 = 3, FEWEST_BRIEF: i32 = 8, MOST_BRIEF: i32 = 512
let credit: i32 = MOST_CREDIT
/** So many looks from now on are brief; so many will be the next time. */
let brief: i32 = 0, nextBrief: i32 = FEWEST_BRIEF

function judged(found: bool): bool {
  if (brief > 0) brief--
  else if (found) {
    credit = min(credit + 1, MOST_CREDIT)
    if (credit == MOST_CREDIT) nextBrief = FEWEST_BRIEF
  } else if ((credit -= COST) <= 0) {
    credit = COST
    brief = nextBrief
    nextBrief = min(nextBrief * 2, MOST_BRIEF)
  }
  return found
}
