/** At most so many are kept of each; then the oldest is forgotten. */
const MAX_KEPT = 1000;

/** Phones and Telegram accounts that companion apps say are an owner's. Nothing else depends on them. */
export class Devices {
  readonly #deviceOwners = new Map<string, string | null>();
  readonly #telegramOwners = new Map<string, string>();

  registerDevice(deviceId: string): void {
    keep(this.#deviceOwners, deviceId, this.#deviceOwners.get(deviceId) ?? null);
  }

  linkDevice(deviceId: string, ownerId: string): void {
    keep(this.#deviceOwners, deviceId, ownerId);
  }

  linkTelegram(telegramUserId: string, ownerId: string): void {
    keep(this.#telegramOwners, telegramUserId, ownerId);
  }

  /** Whether the device is the owner's. */
  hasDevice(deviceId: string, ownerId: string): boolean {
    return this.#deviceOwners.get(deviceId) === ownerId;
  }

  hasTelegram(telegramUserId: string, ownerId: string): boolean {
    return this.#telegramOwners.get(telegramUserId) === ownerId;
  }

  clear(): void {
    this.#deviceOwners.clear();
    this.#telegramOwners.clear();
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  const [oldest] = map.keys();
  if (map.size >= MAX_KEPT && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
