import { z } from 'zod';
import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import type { ApiContext, ApiMethod } from './context.ts';
import { rootIn, writableChannel } from './context.ts';
import { blocksOf } from './methods-chat.ts';
import { SlackRefusal } from './refusal.ts';
import type { SlackFile } from './world.ts';

const completion = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);
const expectedBytes = new WeakMap<SlackFile, number>();

/** The three steps of an upload. @see https://docs.slack.dev/reference/methods/files.completeUploadExternal (read 2026-11-22) */
export const fileMethods: Readonly<Record<string, ApiMethod>> = {
  'files.getUploadURLExternal': {
    scopes: ['files:write'],
    run(args, context) {
      const name = args.need('filename');
      const length = args.number('length', 0);
      if (!(length > 0)) throw new SlackRefusal('invalid_arguments');
      const file = addFile(context, { name, user: context.world.app.userId, mimeType: mimeOf(name) });
      expectedBytes.set(file, length);
      return { upload_url: `${context.serverUrl()}/upload/v1/${file.id}`, file_id: file.id };
    },
  },
  'files.completeUploadExternal': {
    scopes: ['files:write'],
    run(args, context) {
      const wanted = completion.safeParse(args.json('files'));
      if (!wanted.success) throw new SlackRefusal('invalid_arguments');
      const files = wanted.data.map(({ id, title }) => {
        const file = context.world.files.get(id);
        if (!file?.bytes || file.complete) throw new SlackRefusal('file_not_found');
        return { file, title };
      });
      const channelId = args.get('channel_id');
      // A person's id is refused: https://github.com/slackapi/bolt-js/issues/2115 (read 2026-11-27)
      if (channelId !== null && !/^[CGDZ]/.test(channelId)) throw new SlackRefusal('invalid_arguments');
      const channel = channelId === null ? null : writableChannel(context, channelId);
      const threadTs = args.get('thread_ts');
      if (channel && threadTs !== null) rootIn(context, channel, threadTs);
      for (const { file, title } of files) {
        file.complete = true;
        file.title = title ?? file.name;
      }
      if (channel) {
        const { userId, botId } = context.world.app;
        const fileIds = files.map(({ file }) => file.id);
        const text = args.get('initial_comment') ?? '';
        context.announce.posted(
          context.world.addMessage(channel, { user: userId, botId, text, threadTs, fileIds, blocks: blocksOf(args, context) }),
        );
      }
      // Nothing here tells the `ts` of the message.
      return { files: files.map(({ file }) => ({ id: file.id, title: file.title })) };
    },
  },
};

export function addFile(context: Pick<ApiContext, 'world'>, file: Pick<SlackFile, 'name' | 'user' | 'mimeType'>): SlackFile {
  const { world } = context;
  const created = Math.floor(world.now() / 1000);
  const fresh: SlackFile = { ...file, id: world.nextId('F'), created, bytes: null, title: file.name, complete: false, shares: [] };
  world.files.set(fresh.id, fresh);
  return fresh;
}

/** `POST upload_url`: multipart with the field `body`, or the bare bytes. */
export async function takeUpload(request: FakeRequest, context: ApiContext): Promise<FakeAnswer> {
  const file = context.world.files.get(request.path.split('/').at(-1) ?? '');
  if (!file || file.complete) return { status: 404, body: 'no such upload' };
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': contentType } }).formData();
    const part = form.get('body') ?? form.get('file') ?? form.get('filename');
    if (!(part instanceof Blob)) return { status: 400, body: 'no file in the form' };
    file.bytes = Buffer.from(await part.arrayBuffer());
  } else {
    file.bytes = request.body;
  }
  const length = expectedBytes.get(file);
  if (file.bytes.length === length) return { status: 200, body: `OK - ${length}` };
  file.bytes = null;
  return { status: 400, body: 'length does not match' };
}

/** `url_private(_download)`: with a wrong token Slack answers 200 and its login page: https://github.com/slackapi/bolt-js/issues/2585 */
export function serveFile(request: FakeRequest, context: ApiContext, authorized: boolean): FakeAnswer {
  if (!authorized || !context.scopes.has('files:read')) {
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!DOCTYPE html><html><body>Sign in to Slack</body></html>',
    };
  }
  const id = /^\/files-pri\/[^/]+-(\w+)\//.exec(request.path)?.[1];
  const file = id ? context.world.files.get(id) : undefined;
  if (!file?.bytes)
    return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html><body>File not found</body></html>' };
  // In chunks, without a length told beforehand: nothing but counting shows how large it is.
  return { status: 200, headers: { 'content-type': file.mimeType }, body: file.bytes };
}

const mimeTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  txt: 'text/plain',
  mp4: 'video/mp4',
};
const mimeOf = (name: string): string => mimeTypes[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
