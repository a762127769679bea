/** Conversations, written as a model was trained to read them: the Jinja template that came with it says how. */

import { z } from 'zod'
import { check } from '../check.ts'
import { quoted } from './quoted.ts'

/** A turn of a conversation. Templates may read more than these two (tool_calls, name …). */
export interface ChatMessage {
  readonly role: string
  readonly content?: unknown
  readonly [more: string]: unknown
}

export interface ChatOptions {
  /** Ends with what stands before an answer, so that the model writes one. Default false. */
  readonly addGenerationPrompt?: boolean
  /** Functions that the model may call, as JSON schemas. */
  readonly tools?: readonly unknown[]
  /** Which template, of a model that has several. Default: `tool_use` where tools are given and there is one, else `default`. */
  readonly template?: string
  /** More variables for the template. */
  readonly variables?: Readonly<Record<string, unknown>>
}

/** The templates of a model by name, the special tokens they may use, and the file that messages name. */
export interface ChatSource {
  readonly label: string
  readonly templates: ReadonlyMap<string, string>
  readonly specialTokens: Readonly<Record<string, string>>
}

const LONGEST = 2 ** 20

const token = z.union([z.string(), z.looseObject({ content: z.string() })])
const named = z.object({ name: z.string(), template: z.string().max(LONGEST) })
const configFile = z.looseObject({ chat_template: z.union([z.string().max(LONGEST), z.array(named)]).nullish() })
const templateFile = z.looseObject({ chat_template: z.string().max(LONGEST) })

/** tokenizer_config.json; `alone`: chat_template.jinja, which counts more than the template in the config. */
export function chatSource(config: unknown, label: string, alone?: string): ChatSource {
  const file = check(configFile, config ?? {}, label)
  const given = file.chat_template ?? []
  const list = typeof given === 'string' ? [{ name: 'default', template: given }] : given
  if (alone !== undefined && alone.length > LONGEST)
    throw new Error(`${label}: a chat template of ${alone.length} characters is too long`)
  const templates = new Map(list.map(({ name, template }) => [name, template]))
  if (alone !== undefined) templates.set('default', alone)
  const specialTokens: Record<string, string> = {}
  for (const [name, value] of Object.entries(file)) {
    const found = /_token$/.test(name) ? token.safeParse(value) : undefined
    if (found?.success) specialTokens[name] = typeof found.data === 'string' ? found.data : found.data.content
  }
  return { label, templates, specialTokens }
}

/** The template of a chat_template.json. */
export function templateOf(json: unknown, label: string): string {
  return check(templateFile, json, label).chat_template
}

interface Rendered {
  render(items: Record<string, unknown>): string
}

export class ChatTemplates {
  readonly #read: () => Promise<ChatSource>
  readonly #parsed = new Map<string, Rendered>()
  #source: Promise<ChatSource> | undefined

  /** `read`: called once, when the first conversation is written. Undefined: there is no template. */
  constructor(read: (() => Promise<ChatSource>) | undefined) {
    this.#read = read ?? (async () => ({ label: 'tokenizer_config.json', templates: new Map(), specialTokens: {} }))
  }

  async render(messages: readonly ChatMessage[], options: ChatOptions): Promise<string> {
    if (!Array.isArray(messages)) throw new TypeError('applyChatTemplate: expected a list of messages { role, content }')
    this.#source ??= this.#read()
    const source = await this.#source
    const { name, text } = choose(source, options)
    const variables = {
      documents: null,
      ...source.specialTokens,
      ...options.variables,
      messages,
      tools: options.tools ?? null,
      add_generation_prompt: options.addGenerationPrompt ?? false,
    }
    try {
      const parsed = this.#parsed.get(name) ?? new (await import('@huggingface/jinja')).Template(text)
      this.#parsed.set(name, parsed)
      return parsed.render(variables)
    } catch (error) {
      throw new Error(`${source.label}: the chat template ${quoted(name)} cannot be rendered: ${(error as Error).message}`)
    }
  }
}

function choose({ label, templates }: ChatSource, options: ChatOptions): { name: string; text: string } {
  const usual = options.tools && templates.has('tool_use') ? 'tool_use' : 'default'
  const name = options.template ?? usual
  const text = templates.get(name)
  if (text !== undefined) return { name, text }
  if (templates.size === 0) throw new Error(`${label}: the model has no chat template; it was not trained on conversations`)
  throw new Error(`${label}: there is no chat template ${quoted(name)}; there are ${[...templates.keys()].join(', ')}`)
}
