/** The broker protocol as bytes (docs/broker-protocol.md): frames, requests, answers, messages between brokers. Knows no socket. */
export { type Answer, type AnswerTo, encodeAnswer, encodeError, encodePush, toWireMessage, type WireMessage } from './answers.ts';
export { type BinaryFrame, binaryVersion, decodeBinary, encodeBinary, frameTypes } from './binary-frame.ts';
export { ConnectionReader, type FrameForm, type IncomingFrame, type ReaderBounds } from './connection-reader.ts';
export { decodeCoreMessage, encodeCoreMessage, isCoreType, type SenderNote } from './core-messages.ts';
export { protocolLimits } from './limits.ts';
export {
  type OperationAccess,
  type OperationFields,
  type OperationName,
  operationRules,
  operationSchemas,
} from './operations.ts';
export { defaultQueueOptions, fromWireOptions, toWireOptions, type WireOptions } from './queue-options.ts';
export {
  type ClientRequest,
  type Operation,
  type OperationOf,
  RequestError,
  readRequest,
  readRequestObject,
  requestIdOf,
} from './requests.ts';
