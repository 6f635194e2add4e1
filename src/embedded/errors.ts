import type { Document } from 'bson';

/** MongoDB's own codes and names, as its source lists them (src/mongo/base/error_codes.yml). */
const names = {
  1: 'InternalError',
  2: 'BadValue',
  9: 'FailedToParse',
  14: 'TypeMismatch',
  15: 'Overflow',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  115: 'CommandNotSupported',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  263: 'OperationNotSupportedInTransaction',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  14031: 'OutOfDiskSpace',
  15952: 'Location15952',
  16990: 'Location16990',
  17124: 'Location17124',
  28667: 'Location28667',
  28689: 'Location28689',
  31253: 'Location31253',
  31254: 'Location31254',
  40081: 'Location40081',
  40324: 'Location40324',
  40414: 'Location40414',
  40415: 'Location40415',
  40573: 'Location40573',
  51091: 'Location51091',
} as const;

export type ErrorCode = keyof typeof names;

/** A refusal that the client is told, with MongoDB's own code. */
export class CommandError extends Error {
  readonly code: ErrorCode;
  readonly details: Document;
  constructor(code: ErrorCode, message: string, details: Document = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
  get codeName(): string {
    return names[this.code];
  }
}

/** For what MongoDB can do and this engine does not: it is said, never passed over. */
export const unsupported = (what: string, code: ErrorCode = 115): CommandError =>
  new CommandError(code, `the built-in store does not support ${what}; set MONGODB_URI to use a MongoDB server`);

/** Refuses a document that lacks one of these fields: a filter left out must not come to mean all documents. */
export function needFields(document: Document, where: string, needed: readonly string[]): void {
  const missing = needed.find((field) => document[field] === undefined || document[field] === null);
  if (missing !== undefined) throw new CommandError(40_414, `the field '${missing}' is missing from ${where}, but is required`);
}

/** Refuses a document that has fields other than those named. An option that is `false` or not given asks for nothing. */
export function onlyFields(document: Document, where: string, allowed: readonly string[]): void {
  const extra = Object.keys(document).find(
    (field) => !allowed.includes(field) && document[field] !== false && document[field] !== undefined && document[field] !== null,
  );
  if (extra !== undefined) throw unsupported(`the field '${extra}' of ${where}`, 40_415);
}
