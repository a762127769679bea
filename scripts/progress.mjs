/** One line of progress on standard error for whatever takes more than a second: rewritten on a terminal, plain lines in a pipe. */

const SPINNER_MS = 100
const PATIENCE_MS = 1000

const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`

/**
 * Runs `work` and shows `label` once it has taken a second. → what `work` returns.
 * @template T
 * @param {string} label what is being done, as "installing packages"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const from = performance.now()
  const line = process.stderr.isTTY ? rewritten(label, from) : plain(label)
  try {
    const result = await work()
    line.end(`${label}: ${seconds(from)}`)
    return result
  } catch (error) {
    line.end(`${label}: failed after ${seconds(from)}`)
    throw error
  }
}

/** @param {string} label @param {number} from */
function rewritten(label, from) {
  let shown = false
  const draw = () => {
    if (performance.now() - from < PATIENCE_MS) return
    shown = true
    process.stderr.write(`\r\x1b[2K${label} … ${seconds(from)}`)
  }
  const timer = setInterval(draw, SPINNER_MS)
  return {
    /** @param {string} text */
    end(text) {
      clearInterval(timer)
      if (shown) process.stderr.write(`\r\x1b[2K${text}\n`)
    },
  }
}

/** @param {string} label */
function plain(label) {
  let shown = false
  const timer = setTimeout(() => {
    shown = true
    process.stderr.write(`${label} …\n`)
  }, PATIENCE_MS)
  return {
    /** @param {string} text */
    end(text) {
      clearTimeout(timer)
      if (shown) process.stderr.write(`${text}\n`)
    },
  }
}
