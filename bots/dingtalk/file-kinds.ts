/** Kinds of files that may be uploaded and sent. https://open.dingtalk.com/document/orgapp/robot-message-type (2026-11-28) */
const sendable = new Set(['xlsx', 'pdf', 'zip', 'rar', 'doc', 'docx']);

/** Of a file's name, in lower case; empty: it has none. */
export const kindOf = (name: string): string => /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';

export const isSendable = (name: string): boolean => sendable.has(kindOf(name));
