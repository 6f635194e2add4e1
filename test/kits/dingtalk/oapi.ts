import type { FakeRequest } from '../fake-server.ts';
import { OapiRefusal } from './refusal.ts';
import type { Tokens } from './tokens.ts';
import type { DingFile, DingWorld } from './world.ts';

/** What the older host knows: tokens, people, uploads. Refusals come with HTTP 200. */

/** `GET /gettoken`. The number for a wrong secret is from third-party tables: UNCONFIRMED. */
export function getToken(tokens: Tokens, query: URLSearchParams): object {
  const issued = tokens.issue(query.get('appkey') ?? '', query.get('appsecret') ?? '');
  if (!issued) throw new OapiRefusal(40089, '不合法的corpid或corpsecret');
  return { access_token: issued.token, expires_in: issued.expiresInSeconds };
}

/** `POST /topapi/v2/user/get`. People of other organisations and robots are not in the directory. */
export function getUser(world: DingWorld, body: unknown): object {
  const userid = (body as { readonly userid?: unknown } | null)?.userid;
  if (typeof userid !== 'string' || userid === '') throw new OapiRefusal(33012, '无效的USERID');
  const user = world.users.get(userid);
  if (user?.kind !== 'member') throw new OapiRefusal(60121, '找不到该用户');
  const email = user.email === null ? {} : { email: user.email, org_email: user.email };
  return {
    result: { userid, unionid: `union-${userid}`, name: user.name, active: true, admin: false, boss: false, dept_id_list: [1], ...email },
  };
}

/**
 * `POST /media/upload`.
 * @see https://open.dingtalk.com/document/development/upload-media-files (read 2026-11-28)
 */
const kinds: Readonly<Record<string, { readonly maxBytes: number; readonly endings: readonly string[] }>> = {
  image: { maxBytes: 20 * 1024 * 1024, endings: ['jpg', 'jpeg', 'gif', 'png', 'bmp'] },
  voice: { maxBytes: 2 * 1024 * 1024, endings: ['amr', 'mp3', 'wav'] },
  video: { maxBytes: 20 * 1024 * 1024, endings: ['mp4'] },
  file: { maxBytes: 20 * 1024 * 1024, endings: ['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'zip', 'pdf', 'rar'] },
};

export async function upload(world: DingWorld, request: FakeRequest): Promise<object> {
  const form = await formOf(request);
  const type = request.query.get('type') ?? form.get('type');
  const kind = typeof type === 'string' ? kinds[type] : undefined;
  if (typeof type !== 'string' || !kind) throw new OapiRefusal(40004, '不合法的媒体文件类型');
  const media = form.get('media');
  if (!(media instanceof File) || media.size === 0) throw new OapiRefusal(41005, '缺少多媒体文件数据');
  if (media.size > kind.maxBytes) throw new OapiRefusal(40006, '不合法的文件大小');
  const ending = media.name.slice(media.name.lastIndexOf('.') + 1).toLowerCase();
  if (!kind.endings.includes(ending)) throw new OapiRefusal(40005, '不合法的文件类型');
  const file: DingFile = {
    name: media.name,
    mimeType: media.type,
    type: type as DingFile['type'],
    bytes: Buffer.from(await media.arrayBuffer()),
  };
  const mediaId = world.nextId(type === 'image' ? '@lAL' : '@lA');
  world.media.set(mediaId, file);
  return { type, media_id: mediaId, created_at: world.now() };
}

async function formOf({ headers, body }: FakeRequest): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
  } catch {
    throw new OapiRefusal(41005, '缺少多媒体文件数据');
  }
}
