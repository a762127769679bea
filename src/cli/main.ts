#!/usr/bin/env node
/** The bin. Node keeps what it has once compiled, in its folder for that, so that the next command starts sooner; where it cannot, nothing is lost. */

import { enableCompileCache } from 'node:module'

enableCompileCache()
const { main } = await import('./world.ts')
await main()
