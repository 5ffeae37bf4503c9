/** Shown to a broker of a test, its bearer may do everything. */
export const adminToken = 'admin';
