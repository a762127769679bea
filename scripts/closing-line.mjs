/**
 * A vitest reporter for the end of a run: what the third-party cases counted, every skipped test with its reason, every test that passed
 * only when it was tried again, and as the very last line `N passed, N failed, N skipped`. A file or suite that fails outside its tests counts as one failed test, and so does a
 * check that failed before (scripts/test.mjs names them in REGARD_FAILED_CHECKS, one a line).
 */

import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** Lines that tests print for the end of the run: `conformance onnx: 87 of 87 …`. */
const COUNTS = /^conformance\b.*$/gm

/** @typedef {import('vitest/node').TestCase} TestCase */
/** @typedef {import('vitest/node').TestModule} TestModule */

export default class ClosingLine {
  /** @type {Set<string>} */
  counts = new Set()

  /** @param {{ content: string }} log */
  onUserConsoleLog({ content }) {
    for (const [line] of stripVTControlCharacters(content).matchAll(COUNTS)) this.counts.add(line)
  }

  /** @param {readonly TestModule[]} modules @param {readonly unknown[]} errors */
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const checks = (process.env.REGARD_FAILED_CHECKS ?? '').split('\n').filter(Boolean)
    const outside = checks.length + errors.length + modules.reduce((sum, module) => sum + brokenSuites(module), 0)
    const of = (/** @type {string} */ state) => tests.filter((test) => test.result().state === state)
    const skipped = tests.filter((test) => ['skipped', 'pending'].includes(test.result().state))
    const again = of('passed').filter((test) => (test.diagnostic()?.retryCount ?? 0) > 0)
    const lines = [
      ...[...this.counts].sort(),
      ...reasons(skipped),
      ...again.map((test) => `passed at the second try: ${relative(process.cwd(), test.module.moduleId)}: ${test.fullName}`),
      ...checks.map((name) => `failed: ${name} (said above the tests)`),
      '',
      `${of('passed').length} passed, ${of('failed').length + outside} failed, ${skipped.length} skipped`,
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}

/** @param {TestModule} module */
function brokenSuites(module) {
  const suites = [...module.children.allSuites()]
  return Number(module.errors().length > 0) + suites.filter((suite) => suite.errors().length > 0).length
}

/** Skipped tests: what one file skips for the same reason is one line. @param {TestCase[]} skipped */
function reasons(skipped) {
  const groups = Map.groupBy(
    skipped,
    (test) => `${relative(process.cwd(), test.module.moduleId)}: ${reasonOf(test) ?? test.fullName}`,
  )
  return [...groups].map(([line, tests]) => {
    if (tests.length > 1) return `skipped: ${line} (${tests.length} tests)`
    return `skipped: ${line.slice(0, line.indexOf(': '))}: ${tests[0]?.fullName}${noteOf(tests[0]) ? `: ${noteOf(tests[0])}` : ''}`
  })
}

/** What the test said when it skipped itself. @param {TestCase | undefined} test */
function noteOf(test) {
  const result = test?.result()
  return result?.state === 'skipped' ? result.note : undefined
}

/** The note, or what a title says: `… (skipped: no Chromium)`. @param {TestCase} test */
function reasonOf(test) {
  return noteOf(test) ?? /\(skipped: (.*?)\)(?: > |$)/.exec(test.fullName)?.[1]
}
