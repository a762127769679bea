/**
 * Where the worker begins. WebKit runs the file that a worker was started with a second time when another of its files imports it, so
 * this one holds nothing that others need; what is asked before the engine is there waits.
 */

import engine from './engine/serve.ts?worker&url'

const early: MessageEvent[] = []
self.onmessage = (event): void => void early.push(event)

await import(/* @vite-ignore */ engine)
for (const event of early) self.dispatchEvent(new MessageEvent('message', { data: event.data }))
