import { describe, expect, it } from 'vitest'
import { modelFiles } from '../../src/model/files.ts'
import { readTokenizer } from '../../src/model/tokenizer/read.ts'
import { FILE } from './tokenizer-recipes.ts'

const TOKENIZER = { ...FILE, model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' } }
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi {{ 1 }}' },
]

async function tokenizer(files: Record<string, unknown>) {
  const blobs = Object.entries({ 'tokenizer.json': TOKENIZER, ...files }).map(([name, content]): [string, Blob] => [
    name,
    new Blob([typeof content === 'string' ? content : JSON.stringify(content)]),
  ])
  return (await readTokenizer(await modelFiles(new Map(blobs))))!
}

const config = (more: object) => ({
  'tokenizer_config.json': { bos_token: '<s>', eos_token: { content: '</s>', special: true }, ...more },
})

describe('A conversation', () => {
  it('is written by the template in tokenizer_config.json', async () => {
    const chat = await tokenizer(config({ chat_template: CHATML }))
    const written = '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi {{ 1 }}<|im_end|>\n'
    expect(await chat.applyChatTemplate(MESSAGES)).toBe(written)
    expect(await chat.applyChatTemplate(MESSAGES, { addGenerationPrompt: true })).toBe(`${written}<|im_start|>assistant\n`)
  })

  it('is written by chat_template.jinja where there is one', async () => {
    const alone = '{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content | trim }}{{ eos_token }}{% endfor %}'
    const chat = await tokenizer({ ...config({ chat_template: CHATML }), 'chat_template.jinja': alone })
    expect(await chat.applyChatTemplate([{ role: 'user', content: ' x ' }])).toBe('<s>[user] x</s>')
  })

  it('is written by chat_template.json where there is no other', async () => {
    const chat = await tokenizer({ 'chat_template.json': { chat_template: '{{ messages | length }}' } })
    expect(await chat.applyChatTemplate(MESSAGES)).toBe('2')
  })

  it('takes the template for tools where tools are given, and any other by name', async () => {
    const list = [
      { name: 'default', template: '{{ tools is none }}' },
      { name: 'tool_use', template: '{{ tools[0].name }}' },
      { name: 'rag', template: '{{ documents[0] }}' },
    ]
    const chat = await tokenizer(config({ chat_template: list }))
    expect(await chat.applyChatTemplate(MESSAGES)).toBe('true')
    expect(await chat.applyChatTemplate(MESSAGES, { tools: [{ name: 'sum' }] })).toBe('sum')
    expect(await chat.applyChatTemplate(MESSAGES, { template: 'rag', variables: { documents: ['d'] } })).toBe('d')
    await expect(chat.applyChatTemplate(MESSAGES, { template: 'x' })).rejects.toThrow(
      'there is no chat template "x"; there are default, tool_use, rag',
    )
  })

  it('fails with the words of the template', async () => {
    const chat = await tokenizer(config({ chat_template: "{{ raise_exception('roles must alternate') }}" }))
    await expect(chat.applyChatTemplate(MESSAGES)).rejects.toThrow(
      'the chat template "default" cannot be rendered: roles must alternate',
    )
  })

  it('is refused where the template is broken, missing, or no text', async () => {
    const broken = await tokenizer(config({ chat_template: '{% for %}' }))
    await expect(broken.applyChatTemplate(MESSAGES)).rejects.toThrow(
      /^tokenizer_config\.json: the chat template "default" cannot be rendered: /,
    )
    const missing = await tokenizer({})
    await expect(missing.applyChatTemplate(MESSAGES)).rejects.toThrow('the model has no chat template')
    const number = await tokenizer(config({ chat_template: 3 }))
    await expect(number.applyChatTemplate(MESSAGES)).rejects.toThrow(/^tokenizer_config\.json: chat_template: /)
  })
})
