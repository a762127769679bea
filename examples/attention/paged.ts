// Pages: sequences share one pool, and a fork shares its beginning until one of the two writes.
import { full, init, PagedCache } from 'regard'

await init()
const cache = new PagedCache({ pages: 8, pageSize: 4, heads: 1, width: 2 })
const prompt = cache.create()
cache.append(prompt, full([1, 1, 6, 2], 1), full([1, 1, 6, 2], 1))
const answer = cache.fork(prompt)
console.log('pages', cache.pagesOf(prompt), cache.pagesOf(answer), 'free', cache.free)
cache.append(answer, full([1, 1, 1, 2], 5), full([1, 1, 1, 2], 5))
console.log('pages', cache.pagesOf(prompt), cache.pagesOf(answer), 'free', cache.free)
const { output } = cache.attend(full([2, 1, 1, 2], 0), [prompt, answer], { causal: true })
console.log([...(await output.read())].map((x) => x.toFixed(3)).join(' '))
cache.dispose()

// prints
//   pages [ 0, 1 ] [ 0, 1 ] free 6
//   pages [ 0, 1 ] [ 0, 2 ] free 5
//   1.000 1.000 1.571 1.571
