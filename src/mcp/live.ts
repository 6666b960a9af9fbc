import type { McpConnection } from './port.js';

/** An open session and who uses it. A session that is retired takes no new user, and is closed once the last has left. */
export class Live {
  readonly connection: McpConnection;
  readonly #onClosing: (closing: Promise<void>) => void;
  #users = 0;
  #retired = false;

  constructor(connection: McpConnection, onClosing: (closing: Promise<void>) => void) {
    this.connection = connection;
    this.#onClosing = onClosing;
  }

  use(): void {
    this.#users++;
  }

  leave(): void {
    this.#users--;
    this.#closeIfUnused();
  }

  retire(): void {
    this.#retired = true;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#retired && this.#users === 0) this.#onClosing(this.connection.close());
  }
}
