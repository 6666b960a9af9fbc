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

  /** The lines that these bytes end, each with its line feed; `''` if they end none. */
  read(bytes: Uint8Array): string {
    const text = this.#unifyLineEnds(this.#decoder.decode(bytes, { stream: true }));
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      this.#keep(text);
      return '';
    }
    const lines = this.#pieces.length === 0 ? text.slice(0, end) : this.#pieces.join('') + text.slice(0, end);
    this.#pieces = [];
    this.#length = 0;
    this.#keep(text.slice(end));
    return lines.length > this.#maxLength ? this.#upToTooLong(lines) : lines;
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
