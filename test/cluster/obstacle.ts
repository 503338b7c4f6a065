// What stands in the way of a cluster on this machine, as one line that a person can act on: the thing that is missing
// and the ways out. It carries no stack: where in our code it was noticed helps nobody.
export class Obstacle extends Error {
  /** Without the ways out. */
  readonly what: string;
  constructor(what: string, ...waysOut: readonly string[]) {
    super(`${what}. ${waysOut.length > 1 ? 'Ways out' : 'Way out'}: ${waysOut.join('; or ')}.`);
    this.name = 'Obstacle';
    this.what = what;
    this.stack = this.message;
  }
}
