/** Models: from a Hugging Face folder to tokens, hidden states and attention. */

export type { ModelConfig } from './config.ts'
export type { Activations } from './edit/activations.ts'
export {
  type AblateHead,
  type AblateStep,
  type CutEdge,
  type Edges,
  type Edit,
  type Edits,
  type Heads,
  type Instead,
  type Patch,
  type Pattern,
  type Positions,
  type Projections,
  readEdits,
  type Silence,
  type Site,
  type Swap,
  type Where,
} from './edit/edit.ts'
export { EMBEDDED, type EmbeddedName } from './embedded.ts'
export { exampleFor } from './examples.ts'
export { FAMILY_NAMES } from './families/index.ts'
export { type ModelSource, modelName } from './files.ts'
export type { GeneratedToken } from './generate/generate.ts'
export type { GenerateOptions } from './generate/options.ts'
export type { WritingRules } from './generate/rules.ts'
export type { DrawOptions, NextToken, Proposal, Writing } from './generate/writing.ts'
export type { Rounded, WeightsReport, WeightType } from './held.ts'
export type { Hooks, Passing } from './hooks.ts'
export { HubError, type HubFault } from './hub/error.ts'
export { type DownloadProgress, fetchModel } from './hub/fetch.ts'
export { isHubName } from './hub/name.ts'
export type { AnsweredText, BatchInput, ModelInput } from './input.ts'
export { type LoadOptions, type LoadProgress, loadModel, Model, type RunOptions } from './model.ts'
export { Recorder } from './recording.ts'
export { type AttentionKind, Run } from './run.ts'
export {
  openSafetensors,
  readStored,
  type Safetensors,
  SafetensorsError,
  type SafetensorsFault,
  type StoredTensor,
  type StoredType,
} from './safetensors.ts'
export { type TensorToStore, writeSafetensors } from './safetensors-write.ts'
export type { Seen, WordRange } from './seen.ts'
export { blobSource, bytesSource, diskSource, type Source, urlSource } from './source.ts'
export { loadTensor } from './stored.ts'
export type { ChatMessage, ChatOptions } from './tokenizer/chat-template.ts'
export type { DecodeStream } from './tokenizer/decode-stream.ts'
export { type DecodeOptions, type Encoding, type Token, Tokenizer } from './tokenizer/tokenizer.ts'
export { AttentionView } from './view.ts'
