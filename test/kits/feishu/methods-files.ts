import type { FakeAnswer } from '../fake-server.ts';
import { keysIn, readContent } from './content.ts';
import { type ApiCall, type ApiRoute, param, seenMessage } from './context.ts';
import { FeishuRefusal } from './refusal.ts';

const mebi = 1024 * 1024;
const invalid = (what: string) => new FeishuRefusal(234001, `Invalid request param: ${what}.`);

/** Uploads, and what stands in messages. @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/image/create.md (read 2026-11-28) */
export const fileRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/open-apis/im/v1/images',
    scopes: ['im:resource', 'im:resource:upload'],
    run(call, { world }) {
      if (call.form?.get('image_type') !== 'message') throw invalid('image_type');
      const { name, mimeType, bytes } = part(call, 'image', 10 * mebi);
      const { key } = world.addFile({ prefix: 'img_v3', owner: world.app.openId, name, mimeType, bytes });
      return { image_key: key };
    },
  },
  {
    method: 'POST',
    path: '/open-apis/im/v1/files',
    scopes: ['im:resource', 'im:resource:upload'],
    run(call, { world }) {
      const type = call.form?.get('file_type');
      if (!['opus', 'mp4', 'pdf', 'doc', 'xls', 'ppt', 'stream'].includes(String(type))) throw invalid('file_type');
      const name = call.form?.get('file_name');
      if (typeof name !== 'string' || name === '') throw invalid('file_name');
      const { mimeType, bytes } = part(call, 'file', 30 * mebi);
      const { key } = world.addFile({ prefix: 'file_v3', owner: world.app.openId, name, mimeType, bytes });
      return { file_key: key };
    },
  },
  {
    method: 'GET',
    path: '/open-apis/im/v1/messages/:id/resources/:key',
    scopes: ['im:resource'],
    run(call, context): FakeAnswer {
      const type = call.query.get('type');
      if (type !== 'image' && type !== 'file') throw invalid('type');
      const { message } = seenMessage(context, param(call, 'id'));
      const key = param(call, 'key');
      // What stands in a card cannot be had.
      const keys = message.type === 'interactive' ? [] : keysIn(readContent(message.type, message.content));
      const file = context.world.files.get(key);
      if (!keys.includes(key) || !file || (type === 'image') !== key.startsWith('img_'))
        throw new FeishuRefusal(234003, 'File not in msg.');
      if (!file.bytes) throw new FeishuRefusal(234038, 'The file has been deleted.');
      // In chunks, without a length told beforehand: nothing but counting shows how large it is.
      return { status: 200, headers: { 'content-type': file.mimeType }, body: file.bytes };
    },
  },
];

function part(
  { form }: ApiCall,
  name: string,
  maxBytes: number,
): { readonly name: string; readonly mimeType: string; readonly bytes: Buffer } {
  const value = form?.get(name);
  if (!(value instanceof Blob)) throw invalid(name);
  if (value.size === 0) throw new FeishuRefusal(234010, "File's size can't be 0.");
  if (value.size > maxBytes) throw new FeishuRefusal(234006, 'The file size exceed the max value.');
  const bytes = uploads.get(value);
  if (!bytes) throw new Error('the bytes of an upload were not read');
  return { name: value instanceof File ? value.name : name, mimeType: value.type, bytes };
}

const uploads = new WeakMap<Blob, Buffer>();

/** Reads the bytes of all parts, since a route runs in one go. */
export async function readForm(contentType: string, body: Buffer): Promise<FormData> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  for (const value of form.values()) if (value instanceof Blob) uploads.set(value, Buffer.from(await value.arrayBuffer()));
  return form;
}
