// One line to the person, on stderr: stdout belongs to the command or to the records.

export function say(message: string): void {
  process.stderr.write(`chaperone: ${message}\n`);
}
