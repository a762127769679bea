/**
 * Where the worker begins. WebKit runs the file that a worker was started with a second time when another of its files imports it, so
 * this one holds nothing that others need; what is asked before the engine is there waits.
 */

import type { Drop, Question } from './engine/protocol.ts'

const early: MessageEvent<Question | Drop>[] = []
self.onmessage = (event: MessageEvent<Question | Drop>): void => void early.push(event)

const { hear } = await import('./engine/serve.ts')
self.onmessage = hear
for (const event of early) hear(event)
