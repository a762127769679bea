/** Learning rates over time: functions of the number of steps taken. `optimizer.rate = schedule(optimizer.steps)`. */

export type Schedule = (step: number) => number

const share = (step: number, steps: number): number => Math.min(1, Math.max(0, step / steps))

/** The same rate throughout. */
export function constant(rate: number): Schedule {
  return () => rate
}

/** From one rate to another in even steps, then that. */
export function linear({ from, to, steps }: { from: number; to: number; steps: number }): Schedule {
  return (step) => from + (to - from) * share(step, steps)
}

/** Half a cosine from `rate` down to `least` (default 0), then that. */
export function cosine({ rate, steps, least = 0 }: { rate: number; steps: number; least?: number }): Schedule {
  return (step) => least + ((rate - least) * (1 + Math.cos(Math.PI * share(step, steps)))) / 2
}

/** Cosines one after another (Loshchilov & Hutter 2017): the first of so many steps, each `growth` times as long as the one before. */
export function cosineRestarts({
  rate,
  first,
  growth = 1,
  least = 0,
}: {
  rate: number
  first: number
  growth?: number
  least?: number
}): Schedule {
  return (step) => {
    let [start, length] = [0, first]
    while (step >= start + length) {
      start += length
      length *= growth
    }
    return cosine({ rate, steps: length, least })(step - start)
  }
}

/** rate · (1 − step/steps)^power, then 0. */
export function polynomial({ rate, steps, power = 1 }: { rate: number; steps: number; power?: number }): Schedule {
  return (step) => rate * (1 - share(step, steps)) ** power
}

/** rate · factorˢᵗᵉᵖ */
export function exponential({ rate, factor }: { rate: number; factor: number }): Schedule {
  return (step) => rate * factor ** step
}

/** Multiplied by `factor` after every so many steps. */
export function stairs({ rate, every, factor }: { rate: number; every: number; factor: number }): Schedule {
  return (step) => rate * factor ** Math.floor(step / every)
}

/** Rises evenly for the first `steps` steps, the first of which is not 0, to where `then` begins. */
export function warmUp(steps: number, then: Schedule): Schedule {
  return (step) => (step < steps ? (then(0) * (step + 1)) / (steps + 1) : then(step - steps))
}
