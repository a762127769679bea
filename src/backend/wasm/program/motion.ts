/** How an index moves while the key position j takes one step to the right. */

import type { Graph, Node } from './graph.ts'
import { level } from './level.ts'

const moves = (node: Node): boolean => level.moves(node.level)

/**
 * index = rest + j, or rest − j where `reversed`, and rest does not depend on j; undefined where the index has another form.
 * ⌊rest ± j⌋ = ⌊rest⌋ ± j, so a floor around it changes only the rest.
 */
export function shiftOf(graph: Graph, index: Node): { rest: Node; reversed: boolean } | undefined {
  const [a, b] = index.args
  if (!a || !moves(index)) return undefined
  if (index.op === 'convert') return a.op === 'j' ? { rest: graph.constant('number', 0), reversed: false } : undefined
  const left = shiftOf(graph, a)
  const again = (rest: Node, other?: Node) => graph.node(index.op, 'number', other ? [rest, other] : [rest])
  if (index.op === 'floor') return left && { rest: again(left.rest), reversed: left.reversed }
  if (index.op === 'neg') return left && { rest: again(left.rest), reversed: !left.reversed }
  if (!b || (index.op !== 'add' && index.op !== 'sub') || (moves(a) && moves(b))) return undefined
  if (left) return { rest: again(left.rest, b), reversed: left.reversed }
  const right = shiftOf(graph, b)
  return right && { rest: again(a, right.rest), reversed: index.op === 'sub' ? !right.reversed : right.reversed }
}

/** Does the index only grow, or only fall (`reversed`), as j grows? `unit`: by at most 1 a step. Undefined: it may do either. */
export interface Motion {
  readonly reversed: boolean
  readonly unit: boolean
}

export function motionOf(index: Node): Motion | undefined {
  const [a, b] = index.args
  if (!a) return undefined
  switch (index.op) {
    case 'convert':
      return a.op === 'j' ? { reversed: false, unit: true } : undefined
    case 'floor':
      return motionOf(a)
    case 'neg':
      return turned(motionOf(a))
    case 'add':
    case 'min':
    case 'max':
      return moves(a) && moves(b!) ? undefined : motionOf(moves(a) ? a : b!)
    case 'sub':
      return moves(a) ? (moves(b!) ? undefined : motionOf(a)) : turned(motionOf(b!))
    case 'mul':
      return b!.op === 'constant'
        ? stretched(motionOf(a), b!.value)
        : a.op === 'constant'
          ? stretched(motionOf(b!), a.value)
          : undefined
    case 'div':
      return b!.op === 'constant' && b!.value !== 0 ? stretched(motionOf(a), 1 / b!.value) : undefined
    default:
      return undefined
  }
}

const turned = (motion: Motion | undefined): Motion | undefined => motion && { ...motion, reversed: !motion.reversed }

function stretched(motion: Motion | undefined, by: number): Motion | undefined {
  if (!motion || !Number.isFinite(by)) return undefined
  return { reversed: motion.reversed !== by < 0, unit: motion.unit && Math.abs(by) <= 1 }
}
