/**
 * Every run draws the same cases, so that a failure is a change and not luck. FC_SEED=n draws others; FC_SEED=random draws new ones
 * each time and prints the seed of what fails.
 */

import fc from 'fast-check'

const asked = process.env.FC_SEED ?? '2026'
if (asked !== 'random') fc.configureGlobal({ seed: Number.parseInt(asked, 10) })
