// A certificate authority of the test's own, and certificates of it (RFC 5280), with nothing but node:crypto.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Issued {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface Authority extends Issued {
  /** A certificate for servers that have these names. */
  issue(names: readonly string[]): Issued;
}

/** Nobody trusts it who is not told to. */
export function createAuthority(name = 'A private CA'): Authority {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension('2.5.29.19', der(0x30, der(0x01, Buffer.from([0xff]))));
  const cert = certificate({ subject: name, issuer: name, key: pair.publicKey, signer: pair.privateKey }, isAuthority);
  return {
    cert,
    key: pem(pair.privateKey),
    issue(names) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const hosts = extension('2.5.29.17', der(0x30, ...names.map((host) => der(0x82, Buffer.from(host)))));
      const about = { subject: names[0]!, issuer: name, key: publicKey, signer: pair.privateKey };
      return { cert: certificate(about, hosts), key: pem(privateKey) };
    },
  };
}

let serial = 0;

function certificate(
  { subject, issuer, key, signer }: { subject: string; issuer: string; key: KeyObject; signer: KeyObject },
  extensions: Buffer,
): string {
  const ecdsaWithSha256 = der(0x30, oid('1.2.840.10045.4.3.2'));
  const day = 86_400_000;
  const tbs = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([++serial])),
    ecdsaWithSha256,
    distinguishedName(issuer),
    der(0x30, time(Date.now() - day), time(Date.now() + day)),
    distinguishedName(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extensions)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', tbs, signer)]);
  const lines = der(0x30, tbs, ecdsaWithSha256, der(0x03, signature))
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function distinguishedName(commonName: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
}

/** One that has to be understood. */
function extension(id: string, value: Buffer): Buffer {
  return der(0x30, oid(id), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

function time(ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let rest = part >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(bytes));
}

/** Tag, length, value. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), value]);
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
