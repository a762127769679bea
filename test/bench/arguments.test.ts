import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../bench/arguments.ts'

describe('the command line of the benchmark', () => {
  test('without options it is the short run with every peer', () => {
    expect(parseOptions([])).toMatchObject({
      extent: 'short',
      resume: false,
      peers: undefined,
      cases: undefined,
      threads: undefined,
      browser: false,
      ladder: false,
    })
  })

  test('lists are given by repeating an option or with commas', () => {
    expect(parseOptions(['--peer', 'litert,jax-js', '--peer', 'pytorch']).peers).toEqual(['litert', 'jax-js', 'pytorch'])
    expect(parseOptions(['--case', 'dense-512, causal', '--threads', '1,2'])).toMatchObject({
      cases: ['dense-512', 'causal'],
      threads: [1, 2],
    })
  })

  test('the peer none leaves Regard alone', () => {
    expect(parseOptions(['--peer', 'none']).peers).toEqual([])
  })

  test('a rung asks for the ladder', () => {
    expect(parseOptions(['--rung', '3'])).toMatchObject({ ladder: true, rung: 3 })
  })

  test.each([
    [['--peer', 'numpy'], "--peer: there is no peer 'numpy'"],
    [['--threads', '0'], "--threads: needs a whole number from 1 to 64, got '0'"],
    [['--rung', 'two'], "--rung: needs a whole number from 0 to 99, got 'two'"],
    [['--short', '--full'], '--full and --short exclude one another'],
    [['--resume'], '--resume needs --json FILE'],
    [['--fast'], "Unknown option '--fast'"],
  ])('%j is refused with what would be right', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message)
  })
})
