/** Bytes of output kept over chunk borders: an END delimiter with the escapes a TUI draws between its letters. */
const tailLength = 160;

const endMarker = /CONTROLLER[_\\]*(?:REQUEST|RESPONSE)[_\\]*END>>/;
const escapes =
  /\x1b\[[\d;:?<=>]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Za-z0-9]|\x1b[ -/]*[0-~]|[\x00-\x1f]/g;

/** Notices an END delimiter that goes by in a pane's bytes, in any chunking. It only notifies: the screen shows what was drawn. */
export class MarkerNotifier {
  #tail = '';

  notices(bytes: Uint8Array): boolean {
    const raw = this.#tail + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const unfinished = /\x1b(?:[[(][^@-~]*|\][^\x07\x1b]*\x1b?)?$/.exec(raw)?.[0] ?? '';
    const text = raw.slice(0, raw.length - unfinished.length).replace(escapes, '');
    const found = endMarker.exec(text);
    const left = found ? text.slice(found.index + found[0].length) : text;
    this.#tail = left.slice(-tailLength) + (unfinished.length <= 4096 ? unfinished : '');
    return found !== null;
  }
}
