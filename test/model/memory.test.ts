import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { scope } from '../../src/index.ts'
import { loadModel, type ModelSource } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { CONFORMANCE } from './expected.ts'

beforeAll(startEngine)

const FOLDER = `${CONFORMANCE}bert-mlm`
const NAMES = ['config.json', 'model.safetensors']

async function answersOf(source: ModelSource): Promise<[ArrayLike<number>, ArrayLike<number>]> {
  using model = await loadModel(source)
  using run = await model.run([7, 8, 9])
  return [await run.logits!.read(), await run.attention(1, 2).all()]
}

describeShared('A model in memory', 'conformance/models/bert-mlm/', () => {
  it.each(['float32', 'float64'] as const)(
    'in %s, a run gives back every buffer it took, and the model the rest',
    async (dtype) => {
      const live = () => ({ ...memoryFor(dtype, 'test').live })
      const start = live()
      const model = await loadModel(FOLDER, { dtype })
      const loaded = live()
      expect(loaded.buffers - start.buffers).toBe([...model.network.parameters()].length - 1)
      for (const input of [
        [1, 2, 3],
        {
          inputIds: [
            [1, 2, 3],
            [4, 5],
          ],
        },
        { inputIds: [[0, 2, 3]], attentionMask: [[0, 1, 1]] },
      ]) {
        const run = await model.run(input)
        const held = live().buffers
        await run.attention(0, 1).all()
        await run.attention(1, 'mean').row(2)
        expect(live().buffers).toBe(held)
        await run.logits!.read()
        expect(run.logits).toBe(run.logits)
        await run.hidden(-1).read()
        run.dispose()
        expect(live()).toEqual(loaded)
      }
      model.dispose()
      expect(live()).toEqual(start)
    },
  )

  it('logits asked for in a scope that has closed are computed again', async () => {
    using model = await loadModel(FOLDER)
    using run = await model.run([1, 2, 3])
    {
      using _ = scope()
      expect(run.logits!.disposed).toBe(false)
    }
    expect((await run.logits!.read()).length).toBe(3 * model.config.vocabulary)
  })

  it('a run that fails leaves nothing behind', async () => {
    using model = await loadModel(FOLDER)
    const live = () => ({ ...memoryFor('float32', 'test').live })
    const before = live()
    model.network.encoder!.forward = () => {
      throw new Error('as if memory had run out')
    }
    await expect(model.run({ inputIds: [[1, 2, 3]], attentionMask: [[0, 1, 1]] })).rejects.toThrow('as if memory had run out')
    expect(live()).toEqual(before)
  })

  it('is the same from a folder, from Blobs and from a server with or without ranges', async () => {
    const expected = await answersOf(FOLDER)
    const blobs = await Promise.all(
      NAMES.map(async (name): Promise<[string, Blob]> => [name, new Blob([await readFile(`${FOLDER}/${name}`)])]),
    )
    expect(await answersOf(new Map(blobs))).toEqual(expected)
    for (const ranges of [true, false]) {
      const server = createServer(async (request, response) => {
        const name = basename(request.url!)
        if (!NAMES.includes(name)) return void response.writeHead(404).end()
        const bytes = await readFile(`${FOLDER}/${name}`)
        const [from, to] = request.headers.range!.slice(6).split('-').map(Number) as [number, number]
        const end = Math.min(to + 1, bytes.length)
        if (ranges)
          response.writeHead(206, { 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` }).end(bytes.subarray(from, end))
        else response.writeHead(200).end(bytes)
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/tiny`
      expect(await answersOf(address)).toEqual(expected)
      server.closeAllConnections()
      server.close()
    }
  })
})
