/** Certificates of TLS listeners, and how a client of this program judges the one it is shown. */
export {
  type CertificateFault,
  CertificateRefused,
  type CertificateTrust,
  connectChecked,
  openChecked,
  type TlsCheck,
} from './checked-connection.ts';
export { type CertificateFacts, ListenerCertificate, type ListenerCertificateOptions } from './listener-certificate.ts';
export { OwnCertificate, type OwnCertificateOptions } from './own-certificate.ts';
export { parsePin, pinOf, pinSchema } from './pin.ts';
export { createSelfSigned } from './self-signed.ts';
export { listenerTlsOptions, type TlsFiles, type TlsMaterial } from './tls-material.ts';
