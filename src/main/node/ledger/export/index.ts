/** Chains as files: written in pages, checked without any node. */
export { type VerifiedFile, verifyFile } from './verify-file.ts';
export type { ExportConfirmation, ExportFault, ExportReport } from './verify-lines.ts';
export { type ExportHead, type ExportProgress, ExportWriter } from './write-lines.ts';
