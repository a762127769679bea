/**
 * How processes talk: one line of JSON, then as many raw bytes as its `bytes` says. The same in both directions, over standard input
 * and output, so that a child can be written in any language.
 */

export interface Message {
  readonly header: Record<string, unknown>
  readonly bytes: Uint8Array<ArrayBuffer>
}

const NEWLINE = 10

export function encode(header: object, bytes: Uint8Array = new Uint8Array()): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, bytes: bytes.length })}\n`), bytes])
}

/** The messages of a stream of chunks, in order. */
export async function* decode(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  let held = Buffer.alloc(0)
  let header: Record<string, unknown> | undefined
  for await (const chunk of chunks) {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk])
    while (true) {
      if (!header) {
        const end = held.indexOf(NEWLINE)
        if (end < 0) break
        header = JSON.parse(held.toString('utf8', 0, end)) as Record<string, unknown>
        held = held.subarray(end + 1)
      }
      const length = header.bytes as number
      if (held.length < length) break
      yield { header, bytes: new Uint8Array(held.subarray(0, length)) }
      held = held.subarray(length)
      header = undefined
    }
  }
}
