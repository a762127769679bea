/** A contestant that runs elsewhere, seen from the main process. */

import { type ChildProcess, spawn } from 'node:child_process'
import type { Answer, Question } from '../contestants/host.ts'
import { decode, encode, type Message } from './wire.ts'

export interface Remote {
  /** Never rejects: a crash or a timeout comes back as `failed`. */
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

/** For process/first-row.ts. */
export interface FirstRowQuestion {
  readonly ask: 'first-row'
  /** The address of the module that has `loadModel`. */
  readonly entry: string
  readonly folder: string
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const PATIENCE_MS = 180_000
const KEPT = 2000

export class ChildRemote implements Remote {
  readonly #child: ChildProcess
  readonly #messages: AsyncGenerator<Message>
  readonly #closed: Promise<void>
  #errors = ''

  constructor({ program, args, env }: Command) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve())
      child.once('error', (error) => {
        this.#errors += error.message
        resolve()
      })
    })
    child.stderr.on('data', (text: Buffer) => {
      this.#errors = (this.#errors + text).slice(-KEPT)
    })
    child.stdin.on('error', () => {})
    this.#child = child
    this.#messages = decode(child.stdout)
  }

  async ask(question: Question | FirstRowQuestion): Promise<Answer> {
    this.#child.stdin!.write(encode(question))
    const message = await Promise.race([this.#next(), afterwards(PATIENCE_MS)])
    if (message === 'late') {
      this.#child.kill('SIGKILL')
      return { failed: `gave no answer within ${PATIENCE_MS / 1000} s` }
    }
    if (!message) return { failed: `its process ended: ${this.#lastWords()}` }
    const { bytes: _, ...answer } = message.header
    return message.bytes.length > 0 ? { ...answer, data: new Float32Array(message.bytes.buffer) } : answer
  }

  async #next(): Promise<Message | undefined> {
    const { value } = await this.#messages.next()
    if (!value) await this.#closed
    return value
  }

  #lastWords(): string {
    const lines = this.#errors.trim().split('\n')
    return lines.find((line) => /error|fatal/i.test(line)) ?? (lines.at(-1) || 'no message')
  }

  async close(): Promise<void> {
    this.#child.stdin!.end()
    const left = await Promise.race([this.#closed, afterwards(2000)])
    if (left === 'late') this.#child.kill('SIGKILL')
    await this.#closed
  }
}

function afterwards(ms: number): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), ms).unref())
}
