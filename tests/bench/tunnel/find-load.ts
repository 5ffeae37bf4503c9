import { NotAvailable } from '../programs.ts';
import { OwnLoad, type RequestLoad } from './request-load.ts';
import { WrkLoad } from './wrk.ts';

/** wrk where it is installed, else our own load. */
export async function findLoad(): Promise<RequestLoad> {
  try {
    return await WrkLoad.find();
  } catch (error) {
    if (!(error instanceof NotAvailable)) throw error;
    return new OwnLoad();
  }
}
