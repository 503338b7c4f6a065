// The size of a terminal, as clients say it on the resize channel, and as it is said again: so that the server is told what is
// recorded, and nothing else. In time linear in what is said (k8s.io/cri-streaming remotecommand, handleResizeEvents).

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Of a size that is not there whole, more than any takes; what is longer is none. */
const MAX_SIZE_BYTES = 128;

/** client-go, JavaScript, Python, pretty-printed or not: two numbers, in either order. Nothing in it may match in two ways. */
const SIZE = expression('{ "(Width|Height)" : (number) , "(?!\\1)(?:Width|Height)" : (number) }');

function expression(text: string): RegExp {
  const spaced = text.replaceAll('{', '\\{').replaceAll('}', '\\}').replaceAll(' ', '[ \\t\\r\\n]{0,8}');
  return new RegExp(spaced.replaceAll('number', '0|[1-9][0-9]{0,4}'), 'g');
}

/** As Kubernetes holds them, in 16 bits. */
const MAX_NUMBER = 65_535;

/** For the bytes of one channel, in order, cut anywhere. What is no size is passed over. */
export function createSizeReader(): (bytes: Uint8Array) => TerminalSize[] {
  let begun = '';
  return (bytes) => {
    const text = begun + byByte.decode(bytes);
    let end = 0;
    const sizes: TerminalSize[] = [];
    for (const found of text.matchAll(SIZE)) {
      end = found.index + found[0].length;
      const [first, second] = [Number(found[2]), Number(found[3])];
      const [columns, rows] = found[1] === 'Width' ? [first, second] : [second, first];
      if (Math.max(columns, rows) <= MAX_NUMBER) sizes.push({ columns, rows });
    }
    const last = text.lastIndexOf('{');
    begun = last < end || text.length - last > MAX_SIZE_BYTES ? '' : text.slice(last);
    return sizes;
  };
}

export function printSizes(sizes: readonly TerminalSize[]): Uint8Array {
  return encoder.encode(sizes.map(({ columns, rows }) => `{"Width":${columns},"Height":${rows}}`).join(''));
}

const byByte = new TextDecoder('latin1');
const encoder = new TextEncoder();
