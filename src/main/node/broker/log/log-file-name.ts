/** Of the file with the logs, in the folder of a broker. */
export const logFileName = 'log.db';
