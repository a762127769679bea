/** How much each layer adds: by hand from the numbers of a trace. */

import { expect, test } from 'vitest'
import { lengths, trace } from '../../src/lens/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { small } from './small-models.ts'

await startEngine()

describeShared('the lengths of a trace', 'conformance/models/', () => {
  test('are means over the tokens, padding left out, of the lengths of their vectors', async () => {
    const model = await small('bart')
    const { startId } = model.config.decoder!
    const inputIds = [
      [5, 9, 6],
      [8, 6, 11, 5],
    ]
    // The first text is a token shorter than the second, in both halves.
    using kept = await trace(model, {
      inputIds,
      decoderInputIds: [
        [startId, 7],
        [startId, 8, 9],
      ],
    })
    const found = await lengths(kept)
    const { layers, decoder, width } = model.config
    expect(found.map(({ kind, layer }) => `${kind} ${layer}`)).toEqual([
      ...Array.from({ length: layers }, (_, n) => `encoder ${n}`),
      ...Array.from({ length: decoder!.layers }, (_, n) => `decoder ${n}`),
    ])
    const by = (numbers: ArrayLike<number>, count: number): number => {
      let sum = 0
      for (let token = 0; token < count; token++) {
        let squares = 0
        for (let n = 0; n < width; n++) squares += numbers[token * width + n]! ** 2
        sum += Math.sqrt(squares) / count
      }
      return sum
    }
    expect(found[1]!.stream).toBeCloseTo(by(await kept.residual(1).read(), 3), 4)
    expect(found[1]!.cross).toBeUndefined()
    const last = found.at(-1)!
    const at = { kind: 'decoder' } as const
    expect(last.attention).toBeCloseTo(by(await kept.attentionOutput(last.layer, at).read(), 2), 4)
    expect(last.cross).toBeCloseTo(by(await kept.attentionOutput(last.layer, { kind: 'cross' }).read(), 2), 4)
    expect(last.feedForward).toBeCloseTo(by(await kept.feedForwardOutput(last.layer, at).read(), 2), 4)
  })
})
