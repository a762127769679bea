import * as runtime from 'onnxruntime-node'
import { onnxruntime } from './onnxruntime.ts'

export const onnxruntimeNode = onnxruntime({ runtime, provider: 'cpu', fillsOutputs: true })
