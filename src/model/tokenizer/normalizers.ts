/** What is done to text before it is cut into words: one function a type of tokenizer.json. */

import { check } from '../check.ts'
import type { Aligned, Rewritten } from './aligned.ts'
import { byteCharacters } from './bytes.ts'
import { type NormalForm, normalForm } from './normal-forms.ts'
import { readCharsmap } from './precompiled.ts'
import { bertNormalizer, precompiled, prepend, replace, type Step, sequenceOf, stripNormalizer } from './schema.ts'
import { type Builders, buildPattern, buildStep } from './steps.ts'
import { isChinese, isCombiningMark, isControl, isNonspacingMark, spaceAfter, spaceBefore } from './unicode.ts'

export type Normalizer = (text: Aligned) => Aligned

const BUILDERS: Builders<Normalizer> = {
  BertNormalizer: buildBert,
  ByteLevel: () => byteLevel,
  Lowercase: () => lowercase,
  NFC: () => inForm('NFC'),
  NFD: () => inForm('NFD'),
  NFKC: () => inForm('NFKC'),
  NFKD: () => inForm('NFKD'),
  Nmt: () => nmt,
  Precompiled: (step, label) => {
    const charsmap = readCharsmap(check(precompiled, step, `${label}: normalizer`).precompiled_charsmap, `${label}: normalizer`)
    return (text) => {
      const made = charsmap(text.text)
      return made ? text.rewrite(made) : text
    }
  },
  Prepend: (step, label) => {
    const content = check(prepend, step, `${label}: normalizer`).prepend
    return (text) => text.prepend(content)
  },
  Replace: (step, label) => {
    const { pattern, content } = check(replace, step, `${label}: normalizer`)
    const find = buildPattern(pattern, `${label}: normalizer`)
    return (text) => text.replace(find(text.text), content)
  },
  Sequence: (step, label, depth) => {
    const steps = check(sequenceOf('normalizers'), step, label).normalizers
    const built = steps.map((each) => buildNormalizer(each, label, depth + 1))
    return (text) => built.reduce((done, normalize) => normalize(done), text)
  },
  Strip: (step, label) => {
    const { strip_left: left, strip_right: right } = check(stripNormalizer, step, `${label}: normalizer`)
    return (text) => {
      const start = left ? spaceAfter(text.text, 0) : 0
      return text.slice(start, Math.max(start, text.text.length - (right ? spaceBefore(text.text, text.text.length) : 0)))
    }
  },
  StripAccents: () => (text) => (PLAIN.test(text.text) ? text : text.filter((c) => !isCombiningMark(c))),
}

/** Throws one line for a type that Regard does not have. */
export function buildNormalizer(step: Step, label: string, depth = 0): Normalizer {
  return buildStep('normalizer', BUILDERS, step, label, depth)
}

function buildBert(step: Step, label: string): Normalizer {
  const options = check(bertNormalizer, step, `${label}: normalizer`)
  const steps: Normalizer[] = []
  if (options.clean_text) steps.push(clean)
  if (options.handle_chinese_chars) steps.push(spaceChinese)
  if (options.strip_accents ?? options.lowercase) steps.push((text) => stripMarks(inForm('NFD')(text)))
  if (options.lowercase) steps.push(lowercase)
  return (text) => steps.reduce((done, normalize) => normalize(done), text)
}

const PLAIN = /^[ -~]*$/

/** Drops control characters and U+FFFD; every white space becomes a space. */
function clean(text: Aligned): Aligned {
  if (PLAIN.test(text.text)) return text
  const kept = text.filter((c) => '\t\n\r'.includes(c) || (c !== '\0' && c !== '\ufffd' && !isControl(c)))
  return kept.respelled(kept.text.replace(/\p{White_Space}/gu, ' '))
}

/** A space on both sides of every Chinese character, so that each becomes a word. */
function spaceChinese(text: Aligned): Aligned {
  if (PLAIN.test(text.text)) return text
  const spaced = [...text.text].flatMap((character): Rewritten[] => {
    if (!isChinese(character)) return [{ character, change: 0 }]
    return [
      { character: ' ', change: 0 },
      { character, change: 1 },
      { character: ' ', change: 1 },
    ]
  })
  return text.rewrite(spaced)
}

/** What is in its normal form already keeps its ranges. */
function inForm(form: NormalForm): Normalizer {
  return (text) =>
    PLAIN.test(text.text) || text.text.normalize(form) === text.text ? text : text.rewrite(normalForm(text.text, form))
}

function stripMarks(text: Aligned): Aligned {
  return PLAIN.test(text.text) ? text : text.filter((c) => !isNonspacingMark(c))
}

/** Character by character, without regard to its neighbours: Σ becomes σ at the end of a word too. */
function lowercase(text: Aligned): Aligned {
  if (PLAIN.test(text.text)) return text.respelled(text.text.toLowerCase())
  return text.rewrite(spelled(text.text, (character) => character.toLowerCase()))
}

/** Each byte as the character that byte-level vocabularies write for it. */
export function byteLevel(text: Aligned): Aligned {
  if (/^\p{ASCII}*$/u.test(text.text)) return text.respelled(text.text.replace(/[^!-~]/g, byteCharacters))
  return text.rewrite(spelled(text.text, byteCharacters))
}

function* spelled(text: string, spell: (character: string) => string): Generator<Rewritten> {
  for (const each of text) {
    let change = 0
    for (const character of spell(each)) {
      yield { character, change }
      change = 1
    }
  }
}

/** Google's NMT: drops control characters; white space and what has no width become spaces. */
function nmt(text: Aligned): Aligned {
  if (PLAIN.test(text.text)) return text
  const kept = text.filter(
    (c) => !(/^\p{Cc}$/u.test(c) && !'\0\t\n\f\r'.includes(c) && (c < '\x80' || c === '\x8f' || c === '\x9f')),
  )
  return kept.respelled(kept.text.replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, ' '))
}
