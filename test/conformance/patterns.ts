/** attention-gym's and llama-models' mask and score generators in terms of our catalogue. */

import * as regard from '../../src/index.ts'
import type { Case } from '../support/cases.ts'

const { masks, scores } = regard

/** Documents as ids, from where each starts and where all end. */
function documentIds(offsets: readonly number[]): number[] {
  return offsets.slice(1).flatMap((end, d) => new Array<number>(end - offsets[d]!).fill(d))
}

// biome-ignore lint/suspicious/noExplicitAny: each generator has its own attributes
const MASKS: Record<string, (a: any) => regard.Mask> = {
  causal_mask: () => masks.causal(),
  generate_sliding_window: (a) => masks.window(a.window_size, 0),
  generate_dilated_sliding_window: (a) => masks.and(masks.window(a.window_size, a.window_size), masks.dilated(a.dilation)),
  generate_doc_mask_mod: (a) => {
    const documents = masks.documents(documentIds(a.offsets))
    return a.inner === 'causal' ? masks.and(documents, masks.causal()) : documents
  },
  generate_packed_causal_doc_mask_mod: (a) => masks.and(masks.causal(), masks.documents(documentIds(a.offsets))),
  generate_prefix_lm_mask: (a) => masks.or(masks.prefix(a.prefix_length), masks.causal()),
  generate_shared_prefix_mask_mod: (a) => masks.sharedPrefix(a.offsets, a.prefix_document_id),
  generate_global_sliding_window: (a) =>
    masks.longformer({ window: a.window_size, global: a.is_global.flatMap((is: boolean, n: number) => (is ? [n] : [])) }),
  generate_natten: (a) => masks.neighbourhood({ canvas: a.canvas, kernel: a.kernel }),
  generate_tiled_natten: (a) => masks.neighbourhood({ canvas: [a.H, a.W], kernel: [a.K[1], a.K[0]], tile: [a.T[1], a.T[0]] }),
  generate_sta_mask_mod_2d: (a) => masks.slidingTiles(a),
  generate_block_diffusion_mask: (a) => masks.blockDiffusion(a.seq_len, a.block_size),
}

export function maskOf(c: Case): regard.Mask {
  if (c.op === 'mask') return masks.and(masks.chunks(c.attributes.chunk), masks.causal())
  return MASKS[c.attributes.generator]!(c.attributes)
}

export function scoreOf(c: Case): regard.Score {
  return c.attributes.generator === 'generate_alibi_bias' ? scores.alibi() : scores.sandwich({ width: c.attributes.d_bar })
}
