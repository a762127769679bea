/**
 * Is the first token set apart? Many heads park on it what they have no use for, and next to that little else can be seen. A choice about
 * how weights are ranked and drawn, not about what they are; `apart=first` in the address.
 */

class FirstToken {
  apart = $state(false)
}

export const firstToken = new FirstToken()
