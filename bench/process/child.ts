/** A contestant's own process: `node child.ts NAME`. Questions on standard input, answers on standard output. */

import { type Answer, Host, type Question } from '../contestants/host.ts'
import { contestantNamed } from '../contestants/index.ts'
import { LinuxMemory } from './memory.ts'
import { decode, encode } from './wire.ts'

console.log = console.error
const answers = process.stdout

const host = new Host(await contestantNamed(process.argv[2]!), new LinuxMemory())
for await (const { header } of decode(process.stdin)) {
  const { data, ...answer }: Answer = await host.answer(header as unknown as Question)
  answers.write(encode(answer, data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined))
}
process.exit(0)
