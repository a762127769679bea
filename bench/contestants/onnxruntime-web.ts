import * as runtime from 'onnxruntime-web'
import { onnxruntime } from './onnxruntime.ts'

export const onnxruntimeWeb = onnxruntime({
  runtime,
  provider: 'wasm',
  fillsOutputs: false,
  setThreads: (threads) => {
    runtime.env.wasm.numThreads = threads
  },
})
