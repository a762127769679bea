/** Differentiation: a tape of what was computed, one derivative for every operation, and a check of both. */

export { Gradients, grad, noGrad, parameter, type ValueAndGradients, valueAndGrad } from './grad.ts'
export { type GradcheckOptions, gradcheck } from './gradcheck.ts'
