import { describe, expect, test } from 'vitest'
import { decode, encode, type Message } from '../../bench/process/wire.ts'

async function read(chunks: Uint8Array[]): Promise<Message[]> {
  const stream = (async function* () {
    yield* chunks
  })()
  const messages: Message[] = []
  for await (const message of decode(stream)) messages.push(message)
  return messages
}

describe('the wire between processes', () => {
  const sent = Buffer.concat([encode({ ask: 'first' }), encode({ ms: 1 }, Uint8Array.of(10, 0, 10)), encode({ ask: 'last' })])
  const expected = [
    { header: { ask: 'first', bytes: 0 }, bytes: new Uint8Array() },
    { header: { ms: 1, bytes: 3 }, bytes: Uint8Array.of(10, 0, 10) },
    { header: { ask: 'last', bytes: 0 }, bytes: new Uint8Array() },
  ]

  test('messages arrive as they were sent, line feeds in the bytes included', async () => {
    expect(await read([sent])).toEqual(expected)
  })

  test('how the stream is cut makes no difference', async () => {
    expect(await read([...sent].map((byte) => Uint8Array.of(byte)))).toEqual(expected)
  })
})
