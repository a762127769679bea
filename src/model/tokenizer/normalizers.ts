/** What is done to text before it is cut into words: one function a type of tokenizer.json. */

import { check } from '../check.ts'
import { Aligned, type Rewritten } from './aligned.ts'
import { bertNormalizer, type Step, sequenceOf } from './schema.ts'
import { decompose, isChinese, isControl, isNonspacingMark } from './unicode.ts'

export type Normalizer = (text: Aligned) => Aligned

const BUILDERS: Record<string, (step: Step, label: string) => Normalizer> = {
  BertNormalizer: buildBert,
  Lowercase: () => lowercase,
  NFD: () => nfd,
  StripAccents: () => stripMarks,
  Sequence: (step, label) => {
    const steps = check(sequenceOf('normalizers'), step, label).normalizers.map((each) => buildNormalizer(each, label))
    return (text) => steps.reduce((done, normalize) => normalize(done), text)
  },
}

/** Throws one line for a type that Regard does not have. */
export function buildNormalizer(step: Step, label: string): Normalizer {
  const build = Object.hasOwn(BUILDERS, step.type) ? BUILDERS[step.type] : undefined
  if (!build)
    throw new Error(`${label}: normalizer ${JSON.stringify(step.type)} is not supported; ${Object.keys(BUILDERS).join(', ')} are`)
  return build(step, label)
}

function buildBert(step: Step, label: string): Normalizer {
  const options = check(bertNormalizer, step, `${label}: normalizer`)
  const steps: Normalizer[] = []
  if (options.clean_text) steps.push(clean)
  if (options.handle_chinese_chars) steps.push(spaceChinese)
  if (options.strip_accents ?? options.lowercase) steps.push((text) => stripMarks(nfd(text)))
  if (options.lowercase) steps.push(lowercase)
  return (text) => steps.reduce((done, normalize) => normalize(done), text)
}

const PLAIN = /^[ -~]*$/

/** Drops control characters and U+FFFD; every white space becomes a space. */
function clean(text: Aligned): Aligned {
  if (PLAIN.test(text.text)) return text
  const kept = text.filter((c) => '\t\n\r'.includes(c) || (c !== '\0' && c !== '\ufffd' && !isControl(c)))
  return new Aligned(kept.text.replace(/\p{White_Space}/gu, ' '), kept.from, kept.to)
}

/** A space on both sides of every Chinese character, so that each becomes a word. */
function spaceChinese(text: Aligned): Aligned {
  if (PLAIN.test(text.text)) return text
  const spaced = [...text.text].flatMap((character): Rewritten[] => {
    const itself = { character, added: false }
    const space = { character: ' ', added: true }
    return isChinese(character) ? [space, itself, space] : [itself]
  })
  return text.rewrite(spaced)
}

function nfd(text: Aligned): Aligned {
  return PLAIN.test(text.text) ? text : text.rewrite(decompose(text.text))
}

function stripMarks(text: Aligned): Aligned {
  return PLAIN.test(text.text) ? text : text.filter((c) => !isNonspacingMark(c))
}

/** Character by character, without regard to its neighbours: Σ becomes σ at the end of a word too. */
function lowercase(text: Aligned): Aligned {
  const lowered = [...text.text].flatMap((c) =>
    [...c.toLowerCase()].map((character, n): Rewritten => ({ character, added: n > 0 })),
  )
  return text.rewrite(lowered)
}
