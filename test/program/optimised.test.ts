import { setFlagsFromString } from 'node:v8'
import { agreement } from './agreement.ts'

setFlagsFromString('--no-liftoff')

agreement('plain', 'plain SIMD, optimised', 150)
agreement('relaxed', 'relaxed SIMD, optimised', 150)
