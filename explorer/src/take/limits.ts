/** How much can be taken away. */

/** Up to this many tokens the numbers are given one by one. */
export const WHOLE = 1024
/** Of longer texts a picture is at most so many numbers wide. */
export const PICTURE = 512
