// What stands in the way of a cluster on this machine, as one line that a person can act on: the thing that is missing
// and the ways out. It carries no stack: where in our code it was noticed helps nobody.
export class Obstacle extends Error {
  constructor(what: string, ...waysOut: readonly string[]) {
    super(`${what}. ${waysOut.length > 1 ? 'Ways out' : 'Way out'}: ${waysOut.join('; or ')}.`);
    this.name = 'Obstacle';
    this.stack = this.message;
  }
}
