export {
  arrayOver,
  bfloat16ToNumber,
  bytesPerElement,
  DTYPES,
  type DType,
  dtypeOf,
  float16ToNumber,
  isFloat,
  numberToBfloat16,
  numberToFloat16,
  type TensorData,
} from './dtype.ts'
export { disown, Scope, scope } from './scope.ts'
export { broadcast, broadcastStrides, checkShape, isContiguous, rowMajor, type Shape, sameShape, show, sizeOf } from './shape.ts'
export { type Memory, OutOfMemory, Storage } from './storage.ts'
export { empty, emptyPanels, fromData, packedSize, type Tape, Tensor, type View } from './tensor.ts'
