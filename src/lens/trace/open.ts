/** A trace from a file, whoever wrote it. */

import { z } from 'zod'
import { attention, NumberTable, type ScoreOptions, type Table, TruthTable, table } from '../../attention/index.ts'
import { init } from '../../backend/index.ts'
import {
  type AttentionKind,
  blobSource,
  bytesSource,
  diskSource,
  type Edit,
  loadTensor,
  type ModelConfig,
  openSafetensors,
  type Safetensors,
  type Source,
  type Token,
  urlSource,
} from '../../model/index.ts'
import type { Looked } from '../../nn/index.ts'
import { disown, type Tensor } from '../../tensor/index.ts'
import { type Half, KINDS, type TraceParts } from './parts.ts'
import { FORMAT, VERSION } from './save.ts'
import { optionsOf, type ScoreSpec, scoreSpec } from './scores.ts'
import { Trace } from './trace.ts'

/**
 * Opens a trace: a path (Node), an address, a Blob or bytes. Layers need q and k; lse is computed where the file has none, and whatever else
 * is missing is refused when it is asked for. Throws one line that says what is wrong with the file.
 */
export async function openTrace(from: string | URL | Blob | Uint8Array<ArrayBuffer>): Promise<Trace> {
  const source = await sourceOf(from)
  try {
    await init()
    return new Trace(await read(await openSafetensors(source)))
  } finally {
    await source.close()
  }
}

async function sourceOf(from: string | URL | Blob | Uint8Array<ArrayBuffer>): Promise<Source> {
  if (from instanceof Uint8Array) return bytesSource(from, 'trace')
  if (from instanceof Blob) return blobSource(from, 'trace')
  const isAddress = from instanceof URL ? from.protocol !== 'file:' : /^https?:/.test(from)
  const found = isAddress
    ? await urlSource(new URL(from))
    : await diskSource(from instanceof URL ? decodeURIComponent(from.pathname) : from)
  if (!found) throw new Error(`openTrace: ${from}: there is no such file`)
  return found
}

const index = z.int().nonnegative()
const token = z.object({
  id: index.default(0),
  text: z.string(),
  start: index.default(0),
  end: index.default(0),
  special: z.boolean().default(false),
})
const texts = z.array(z.array(token)).min(1)
const halves = z.strictObject({ encoder: texts.optional(), decoder: texts.optional() })
const specs = z.union([z.array(scoreSpec), scoreSpec])
const kinds = z.strictObject({ encoder: specs.optional(), decoder: specs.optional(), cross: specs.optional() })

async function read(file: Safetensors): Promise<TraceParts> {
  const { source, metadata } = file
  const refuse = (what: string): never => {
    throw new Error(`openTrace: ${source.name}: ${what}`)
  }
  if (metadata.get('format') !== FORMAT)
    refuse(`is no trace: its metadata must say format "${FORMAT}", got ${JSON.stringify(metadata.get('format'))}`)
  if (metadata.get('version') !== VERSION)
    refuse(`is a trace of version ${metadata.get('version')}, this Regard reads version ${VERSION}`)
  const tokens = noted(file, 'tokens', halves) as { [half in Half]?: Token[][] }
  const scores = metadata.has('scores') ? noted(file, 'scores', kinds) : {}
  const loaded = new Loaded(file)
  try {
    await loaded.all()
    const looked: { [kind in AttentionKind]?: readonly Looked[] } = {}
    for (const kind of KINDS) {
      const layers = loaded.layers(kind)
      if (layers === 0) continue
      const rows = tokens[kind === 'encoder' ? 'encoder' : 'decoder'] ?? refuse(`has ${kind} layers and no tokens for them`)
      const columns =
        tokens[kind === 'decoder' ? 'decoder' : 'encoder'] ?? refuse(`has ${kind} layers and no tokens that they look at`)
      looked[kind] = Array.from({ length: layers }, (_, layer) => {
        const spec = scores[kind]
        const own = (Array.isArray(spec) ? spec[layer] : spec) ?? {}
        return lookedOf(loaded, kind, layer, own as ScoreSpec, [rows.length, rows[0]!.length, columns[0]!.length], refuse)
      })
    }
    if (!looked.encoder && !looked.decoder) refuse('holds no layer: there is neither encoder.0.q nor decoder.0.q')
    return {
      text: metadata.get('text'),
      written: metadata.get('written'),
      config: configOf(file, looked, loaded),
      edits: metadata.has('edits') ? (JSON.parse(metadata.get('edits')!) as Edit[]) : [],
      tokens,
      looked,
      tensors: loaded.tensors,
      logits: () => loaded.tensors.get('logits'),
      release: () => loaded.release(),
    }
  } catch (error) {
    loaded.release()
    throw error
  }
}

/** The tensors of the file, and the tables made of them. */
class Loaded {
  readonly tensors = new Map<string, Tensor>()
  readonly #file: Safetensors
  readonly #tables = new Map<string, Table>()

  constructor(file: Safetensors) {
    this.#file = file
  }

  /** 16-bit floats are widened, which is exact; 64-bit floats stay. */
  async all(): Promise<void> {
    for (const { name, dtype } of this.#file.tensors.values()) {
      const tensor = await loadTensor(this.#file, name, dtype === 'F64' ? 'float64' : 'float32')
      if (!isTable(name)) this.tensors.set(name, tensor)
      else this.#tables.set(name, await tableOf(tensor))
    }
  }

  layers(kind: AttentionKind): number {
    let count = 0
    while (this.tensors.has(`${kind}.${count}.q`)) count++
    return count
  }

  tensor(name: string): Tensor {
    const found = this.tensors.get(name)
    if (!found) throw new Error(`openTrace: ${this.#file.source.name}: has no tensor ${JSON.stringify(name)}`)
    return found
  }

  table(name: string): Table {
    const found = this.#tables.get(name)
    if (!found)
      throw new Error(
        `openTrace: ${this.#file.source.name}: has no table ${JSON.stringify(name)}; a table is called table.N or distanceBias.N`,
      )
    return found
  }

  release(): void {
    for (const each of [...this.tensors.values(), ...this.#tables.values()]) each.dispose()
    for (const { tensor } of this.#tables.values()) tensor?.dispose()
  }
}

const isTable = (name: string): boolean => /^(table|distanceBias)\./.test(name)

/** What was written from a tensor is read as one, so that it is written the same again. */
async function tableOf(tensor: Tensor): Promise<Table> {
  if (tensor.dtype === 'float32') return table(tensor)
  const numbers = Float64Array.from(await tensor.read())
  tensor.dispose()
  return new (tensor.dtype === 'bool' ? TruthTable : NumberTable)(numbers, tensor.shape)
}

type Refuse = (what: string) => never

function lookedOf(
  loaded: Loaded,
  kind: AttentionKind,
  layer: number,
  spec: ScoreSpec,
  [batch, rows, columns]: readonly [number, number, number],
  refuse: Refuse,
): Looked {
  const at = `${kind}.${layer}`
  const [q, k] = [loaded.tensor(`${at}.q`), loaded.tensor(`${at}.k`)]
  const v = loaded.tensors.get(`${at}.v`) ?? k
  if (q.rank !== 4 || q.shape[0] !== batch || q.shape[2] !== rows)
    refuse(`${at}.q must be [B,H,L,D] with B=${batch} texts and L=${rows} tokens, got [${q.shape}]`)
  for (const [name, x] of [
    ['k', k],
    ['v', v],
  ] as const)
    if (x.rank !== 4 || x.shape[0] !== batch || x.shape[2] !== columns)
      refuse(`${at}.${name} must be [B,K,S,D] with B=${batch} texts and S=${columns} tokens, got [${x.shape}]`)
  const options = optionsOf(spec, loaded)
  return { q, k, v, lse: lseOf(loaded, `${at}.lse`, { q, k, v, options }), options, held: [], byText: spec.byText ?? false }
}

function lseOf(
  { tensors }: Loaded,
  name: string,
  { q, k, v, options }: { q: Tensor; k: Tensor; v: Tensor; options: ScoreOptions },
): Tensor {
  const known = tensors.get(name)
  if (known) return known
  const { output, lse } = attention(q, k, v, options)
  output.dispose()
  disown(lse)
  tensors.set(name, lse)
  return lse
}

/** What the file says, and what its tensors show; counts that neither tells are 0. */
function configOf(file: Safetensors, looked: TraceParts['looked'], { tensors }: Loaded): ModelConfig {
  const said = file.metadata.has('config') ? noted(file, 'config', z.looseObject({})) : {}
  const first = (looked.encoder ?? looked.decoder)!
  const { q, k } = first[0]!
  const half: Half = looked.encoder ? 'encoder' : 'decoder'
  const shown = {
    family: 'unknown',
    kind: looked.encoder && looked.decoder ? 'encoder-decoder' : half,
    architecture: undefined,
    layers: first.length,
    heads: q.shape[1]!,
    kvHeads: k.shape[1]!,
    width: tensors.get(`${half}.hidden.0`)?.shape.at(-1) ?? q.shape[1]! * q.shape[3]!,
    headWidth: q.shape[3]!,
    innerWidth: 0,
    vocabulary: tensors.get('logits')?.shape.at(-1) ?? 0,
    positions: Number.POSITIVE_INFINITY,
    tokenTypes: 1,
    causal: first.every(({ options }) => options.causal === true),
    activation: 'none',
    normEps: 0,
    tied: false,
    padId: 0,
    ...(looked.encoder &&
      looked.decoder && {
        decoder: { layers: looked.decoder.length, heads: looked.decoder[0]!.q.shape[1]!, innerWidth: 0, startId: 0 },
      }),
  }
  const told = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null))
  return { ...shown, ...told, layers: shown.layers, heads: shown.heads, kvHeads: shown.kvHeads } as ModelConfig
}

function noted<T>(file: Safetensors, name: string, schema: z.ZodType<T>): T {
  const text = file.metadata.get(name)
  const where = `openTrace: ${file.source.name}: metadata ${name}`
  if (text === undefined) throw new Error(`${where} is missing`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Error(`${where} is no JSON`)
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new Error(`${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
}
