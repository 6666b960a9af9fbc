const LF = 10;

/** Bytes in, whole lines out: UTF-8 decoded without its byte-order mark, every line end a line feed. */
export class LineReader {
  readonly #maxLength: number;
  // Also takes the BOM, and U+FFFD for what is no UTF-8 (HTML §9.2.5, "UTF-8 decode").
  readonly #decoder = new TextDecoder();
  #afterCarriageReturn = false;
  // The line that has not ended. Joined once, so that a long line in small pieces costs linear time.
  #pieces: string[] = [];
  #length = 0;
  #tooLong = false;

  /** `maxLength`: characters (UTF-16 code units) of the longest line. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Whether there was a line of more than `maxLength` characters. Nothing more is read then. */
  get tooLong(): boolean {
    return this.#tooLong;
  }

  /**
   * The lines that these bytes end, each with its line feed, in one or two parts; none if they end none. The line that
   * began before is a part of its own: joined to the others it would be a copy of them all.
   */
  read(bytes: Uint8Array): readonly string[] {
    const text = this.#unifyLineEnds(this.#decoder.decode(bytes, { stream: true }));
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      this.#keep(text);
      return [];
    }
    const parts = this.#finishLine(text, end);
    this.#keep(text.slice(end));
    return parts;
  }

  #finishLine(text: string, end: number): readonly string[] {
    if (this.#length === 0) return [this.#upToTooLong(text.slice(0, end))];
    const firstEnd = text.indexOf('\n') + 1;
    const first = this.#upToTooLong([...this.#pieces, text.slice(0, firstEnd)].join(''));
    this.#pieces = [];
    this.#length = 0;
    return firstEnd === end || this.#tooLong ? [first] : [first, this.#upToTooLong(text.slice(firstEnd, end))];
  }

  /**
   * A line ends with CR, LF or CRLF (HTML §9.2.5). A CR ends it at once, though an LF may follow in the next bytes: an event
   * must not wait for what comes after it.
   */
  #unifyLineEnds(text: string): string {
    if (text === '') return text;
    const rest = this.#afterCarriageReturn && text.charCodeAt(0) === LF ? text.slice(1) : text;
    this.#afterCarriageReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  }

  #keep(piece: string): void {
    if (piece === '') return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= this.#maxLength) return;
    this.#pieces = [];
    this.#tooLong = true;
  }

  // The same line is too long whether it came in one piece or in many.
  #upToTooLong(lines: string): string {
    if (lines.length <= this.#maxLength) return lines;
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf('\n', start);
      if (end - start > this.#maxLength) {
        this.#tooLong = true;
        return lines.slice(0, start);
      }
      start = end + 1;
    }
    return lines;
  }
}
