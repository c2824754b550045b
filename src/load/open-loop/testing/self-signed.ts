/**
 * Certificates for tests, made on the spot: X.509 v3 in DER, signed by their own key, so that each is its own authority.
 * Node reads certificates and doesn't write them.
 */
import { generateKeyPairSync, sign } from 'node:crypto'

export interface SelfSigned {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

const OID = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
} as const

/** For this DNS name and for 127.0.0.1, for ten years around now. */
export function selfSigned(dnsName: string): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const year = new Date().getUTCFullYear()
  const name = sequence(tagged(0x31, sequence(oid('commonName'), tagged(0x0c, Buffer.from(dnsName)))))
  const algorithm = sequence(oid('ecdsaWithSha256'))
  const alternatives = sequence(tagged(0x82, Buffer.from(dnsName)), tagged(0x87, Buffer.from([127, 0, 0, 1])))
  const extensions = sequence(
    sequence(
      oid('basicConstraints'),
      tagged(0x01, Buffer.from([0xff])),
      tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))),
    ),
    sequence(oid('subjectAltName'), tagged(0x04, alternatives)),
  )
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(startOf(year - 5), startOf(year + 5)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const der = sequence(toBeSigned, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').match(/.{1,64}/g)!
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function oid(name: keyof typeof OID): Buffer {
  return tagged(0x06, Buffer.from(OID[name], 'hex'))
}

/** GeneralizedTime is for 2050 and later. */
function startOf(year: number): Buffer {
  return year < 2050
    ? tagged(0x17, Buffer.from(`${year % 100}0101000000Z`))
    : tagged(0x18, Buffer.from(`${year}0101000000Z`))
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
