import { setFlagsFromString } from 'node:v8'
import { agreement } from './agreement.ts'

setFlagsFromString('--no-liftoff')
setFlagsFromString('--experimental-wasm-revectorize')

agreement('wide', 'widened to 256 bits', 300)
