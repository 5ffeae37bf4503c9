/** Chains as files: written in pages, checked without any node. */

export type { ExportConfirmation, ExportFault, ExportReport } from './export-report.ts';
export { type VerifiedFile, verifyFile } from './verify-file.ts';
export { type ExportHead, type ExportProgress, ExportWriter } from './write-lines.ts';
