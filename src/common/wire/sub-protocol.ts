/** Sub-protocol of current clients; without it a client is of the first system (wire.md section 1). */
export const currentSubProtocol = 'signalbox.v1';
