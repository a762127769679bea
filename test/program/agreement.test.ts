import { agreement } from './agreement.ts'

agreement('plain', 'plain SIMD', 400)
agreement('relaxed', 'relaxed SIMD', 400)
agreement('wide', 'wide tier on 128 bits', 200)
