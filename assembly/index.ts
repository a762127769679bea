/** What a thread can do: claim tasks and run them. */

import { Attention, forwardTask, headTask, packTask as packAttentionTask } from './attention'
import {
  AttentionGradient, deltaTask, gradientTask, gradientTileTask, joinGradientTask, packGradientTask, sinkTask,
} from './backward-attention'
import { Adam, adamTask, NormGradient, normGradientTask, Scatter, scatterTask, Slope, slopeTask } from './backward-rows'
import { writeConstants } from './constants'
import { binaryTask, copyTask, Elementwise, unaryTask } from './elementwise'
import { Gemm, packTask, productTask } from './gemm'
import { Gather, gatherTask, normTask, Reduce, reduceTask, Rope, ropeTask, Rows, softmaxTask } from './normalise'
import { beginJob, claim, complete, jobKind, jobParams, publish, ready, takeScratch, waitDone } from './pool'
import { chunkTask, joinTask } from './rows'
import { Weights, weightsTask } from './weights'

export { fail, setInstalled, takeFailure, waitJob } from './pool'
export { movePanels, quantise } from './stored'
export { writeConstants }

/** Kinds of task, numbered as TASKS in src/backend/wasm/layout.ts. */
function perform(kind: i32, params: usize, task: i32, scratch: usize): void {
  switch (kind) {
    case 0: headTask(changetype<Attention>(params), task, scratch); break
    case 1: packAttentionTask(changetype<Attention>(params), task); break
    case 2: forwardTask(changetype<Attention>(params), task, scratch); break
    case 3: chunkTask(changetype<Attention>(params), task, scratch); break
    case 4: joinTask(changetype<Attention>(params), task); break
    case 5: weightsTask(changetype<Weights>(params), task, scratch); break
    case 6: packTask(changetype<Gemm>(params), task); break
    case 7: productTask(changetype<Gemm>(params), task, scratch); break
    case 8: unaryTask(changetype<Elementwise>(params), task); break
    case 9: binaryTask(changetype<Elementwise>(params), task); break
    case 10: copyTask(changetype<Elementwise>(params), task); break
    case 11: softmaxTask(changetype<Rows>(params), task); break
    case 12: normTask(changetype<Rows>(params), task); break
    case 13: reduceTask(changetype<Reduce>(params), task); break
    case 14: gatherTask(changetype<Gather>(params), task); break
    case 15: ropeTask(changetype<Rope>(params), task); break
    case 16: deltaTask(changetype<AttentionGradient>(params), task); break
    case 17: packGradientTask(changetype<AttentionGradient>(params), task); break
    case 18: gradientTask(changetype<AttentionGradient>(params), task, scratch); break
    case 19: joinGradientTask(changetype<AttentionGradient>(params), task); break
    case 20: gradientTileTask(changetype<AttentionGradient>(params), task, scratch); break
    case 21: sinkTask(changetype<AttentionGradient>(params), task); break
    case 22: slopeTask(changetype<Slope>(params), task); break
    case 23: normGradientTask(changetype<NormGradient>(params), task); break
    case 24: scatterTask(changetype<Scatter>(params), task); break
    case 25: adamTask(changetype<Adam>(params), task); break
    default: unreachable()
  }
}

/** Runs a whole job on this thread, without the others. */
export function runAlone(kind: i32, params: usize, count: i32): void {
  beginJob()
  const scratch = takeScratch(0)
  for (let task = 0; task < count; task++) perform(kind, params, task, scratch)
}

/** Runs a job with the others: publish, help, wait. */
export function runTogether(kind: i32, params: usize, count: i32, programs: i32): void {
  publish(kind, params, count, programs)
  const scratch = takeScratch(0)
  for (let task = claim(0); task >= 0; task = claim(0)) {
    perform(kind, params, task, scratch)
    complete()
  }
  waitDone(count)
}

/** A helper's share: tasks until none is left. → −1, or a task that it claimed but cannot run until programs are installed. */
export function help(thread: i32, claimed: i32): i32 {
  let task = claimed >= 0 ? claimed : claim(thread)
  while (task >= 0) {
    if (!ready()) return task
    perform(jobKind(), jobParams(), task, takeScratch(thread))
    complete()
    task = claim(thread)
  }
  return -1
}
