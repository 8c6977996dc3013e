import type { Socket } from 'node:net';

/**
 * A long line comes in many pieces, which are joined once.
 * @param half hears how much there is of a line that is not whole yet, and how much there was before
 */
export function eachLine(
  socket: Socket,
  maxBytes: number,
  half: (bytes: number, before: number) => void,
  take: (line: string) => void,
): void {
  let told = 0;
  const tell = (bytes: number) => {
    const before = told;
    told = bytes;
    if (bytes !== before) half(bytes, before);
  };
  socket.once('close', () => tell(0));
  let pieces: Buffer[] = [];
  let length = 0;
  socket.on('data', (chunk) => {
    let rest = chunk as Buffer;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...pieces, rest.subarray(0, end)]).toString('utf8');
      rest = rest.subarray(end + 1);
      pieces = [];
      length = 0;
      tell(0);
      if (line.trim() !== '') take(line);
    }
    pieces.push(rest);
    length += rest.length;
    tell(socket.destroyed ? 0 : length);
    if (length > maxBytes) socket.destroy();
  });
}
