// Lines of base64, as of a private key whose beginning is not there: whoever reads a log chooses where it begins. Also promises
// that a certificate, which says what it is, is not taken for one.

/** Undefined: an ordinary line. */
export interface PemLine {
  /** Where in the line it begins, after a time. */
  readonly start: number;
}

/** For the lines of one text in their order; in time linear in each. One that is not whole yet is only looked at. */
export function pemLines(): (line: string, isWhole: boolean) => PemLine | undefined {
  let inRun = false;
  let inPublic = false;
  return (line, isWhole) => {
    const found = LINE.exec(line);
    const base64 = found?.[2];
    if (found === null || base64 === undefined) {
      if (isWhole) {
        inRun = false;
        inPublic = PUBLIC.test(line) || (inPublic && ARMOR.test(line));
      }
      return undefined;
    }
    const isLong = base64.length >= MIN_LENGTH;
    const isOne = !inPublic && (inRun || (isLong && HAS_ALL.every((some) => some.test(base64))));
    // The last line of a key is shorter than the others.
    if (isWhole) inRun = isOne && isLong;
    return isOne ? { start: found[1]?.length ?? 0 } : undefined;
  };
}

/** A time as the API server (`timestamps`) and most programs print it may stand before it. */
const LINE = /^((?:[0-9][0-9TZ:.,+-]{9,39}[ \t]{1,8})?[ \t]{0,40})([A-Za-z0-9+/]{1,65536}={0,2})[ \t]{0,8}$/;

/** PEM has 64, OpenSSH 70, PGP and MIME up to 76. */
const MIN_LENGTH = 40;

/** Most paths and words, and a checksum in hex, lack one of these; of a line of a key, one in 10,000 does. */
const HAS_ALL = [/[a-z]/, /[A-Z]/, /[0-9]/];

const PUBLIC = /-----BEGIN (?!(?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY)[A-Z0-9 ]{1,64}-----[ \t]*$/;

/** What PGP has between its first line and the base64 (RFC 9580, 6.2.2): headers and a line with nothing but a time. */
const ARMOR = /^[0-9TZ:.,+-]{0,40}[ \t]*(?:(?:Version|Comment|Hash|Charset|MessageID): .*)?$/;
