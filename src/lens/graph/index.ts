/** Attention as a graph: drawn from a reading, written for other programs, and given to a model to look along. */

export { toDot, toGraphml, toJson } from './formats.ts'
export { type AttentionEdge, type AttentionGraph, type AttentionNode, type GraphOptions, graph } from './graph.ts'
export { type Message, type Messages, type MessagesOptions, messages, passMessages, type Valued } from './messages.ts'
export { edgeMask, type KeepOptions, keepEdges, type Links, type RestrictOptions } from './restrict.ts'
