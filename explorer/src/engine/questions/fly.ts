/** What Fly asks: the residual stream, and the weights of a part of a long text. Parts are tokens from ≤ n < to, looking at each other. */

interface Part {
  readonly run: number
  readonly from: number
  readonly to: number
}

export interface Streams {
  /** [layers + 1, to − from, width]: level 0 after the embeddings, level n after layer n − 1. */
  readonly values: Float32Array
  readonly width: number
  /** 99 of 100 values are at most this large, without their signs: where the colour scale ends. */
  readonly limit: number
}

export interface FlyQuestions {
  streams(ask: Part): Streams
  /** [layers, heads + 1, to − from, to − from], the last of each layer being the mean of its heads. */
  weights(ask: Part): Float32Array
}
