import type { Level } from './patterns.ts';
import { anyOf } from './patterns.ts';
import { inviteWords, otherServiceNames, refusals, serviceNames } from './words.ts';

/** Signs that stand for letters in a disguised name. */
const drawnAs: Readonly<Record<string, string>> = { a: '[a@4]', e: '[e3]', i: '[i1!|]', l: '[l1|]', o: '[o0]', s: '[s5$]', t: '[t7+]' };
const disguised = serviceNames
  .map((name) => `${[...name].map((letter) => drawnAs[letter] ?? letter).join('[^\\p{L}\\p{N}]{0,3}')}`)
  .join('|');
const service = new RegExp(`(?<![a-z0-9])(?:${disguised})|微[^\\p{L}\\p{N}]{0,3}信|${anyOf(otherServiceNames)}`, 'gu');

/** 加V, ➕薇, 加卫星: "add" and a stand-in for WeChat. Not 加微辣 (mild, please) or 加微波炉. */
const addStandIn =
  /(?:加|➕|(?<![\d\s])\+)\s{0,2}(?:我|下|个|一下)?的?\s{0,2}(?:v(?![a-z领口字型])|微(?![辣量波热调甜糖糯酸苦咸弱光笑火型修弹厚])|薇|威(?!士)|卫星|[vw]x|w信|扣扣|qq(?![糖弹])|企鹅号)/gu;
const shortId = /(?<![a-z0-9])[vw]\s?x?\s{0,2}(?:[:号=]\s{0,2}[a-z][\w-]{4,30}|(?<=x\s{0,2})[a-z_-]{0,20}[\d_][\w-]{3,30})/u;
const line = new RegExp(
  `(?<![a-z])l[^\\p{L}\\p{N}]{0,2}[i1][^\\p{L}\\p{N}]{0,2}n[^\\p{L}\\p{N}]{0,2}e\\s{0,2}(?:id(?![a-z])|oa(?![a-z])|@|app(?![a-z])|account|:\\s?@|=\\s?@|交換|追加|登録|で連絡|を追加)|(?:${anyOf(['add', 'via', 'แอด', 'ทัก', '加', '追加'])})\\s{0,2}(?:me on |us on |เรา|มา)?(?:the )?line(?![a-z])(?! of)`,
  'gu',
);
/** Paying with the service is not talking over it. */
const payment = /(?:微信|wechat|weixin|qq)\s?(?:支付|付款|pay(?:ment)?s?(?![a-z]))/g;

const invite = new RegExp(anyOf(inviteWords));
const refusal = new RegExp(anyOf(refusals).replace("(?<![a-z])n't", "n't"));
/** What follows the name of a service is an account there. */
const account =
  /^[^\p{L}\p{N}]{0,4}(?:id|no|number|号|號|号码|账号|user|username|is|at|us|me|:|=)?[^\p{L}\p{N}]{0,4}(?:\d{5,}|(?:\d[\s.-]{0,2}){7,15}|@\w{3,30}|[a-z_.-]{1,20}[\d_][\w.-]{1,30})|^\s{0,2}(?:id|号|號|账号)?\s{0,2}[:=]\s{0,2}[a-z][\w.-]{4,30}|^\s{0,2}id\s{1,2}[a-z][\w.-]{4,30}/u;
const handle = /(?<![\w.)@])@[a-z][\w.]{3,30}/;
const aside = /私聊|加我|私信我|加好友|ib\s(?:m|minh)|japri/;

/** Accounts of chat services, and invitations to go there; the bare name, or a refusal to go there, is only worth a remark. */
export function messenger(folded: string): Level | null {
  const text = folded.replace(payment, ' ');
  if (shortId.test(text)) return 'block';
  let level: Level | null = handle.test(text) || aside.test(text) ? 'warn' : null;
  for (const match of [...text.matchAll(service), ...text.matchAll(line), ...text.matchAll(addStandIn)]) {
    const [name] = match;
    if (/^we chat$/.test(name)) continue;
    const before =
      text
        .slice(Math.max(0, match.index - 40), match.index)
        .split(/[.!?。\n]/)
        .at(-1) ?? '';
    const after =
      text
        .slice(match.index + name.length)
        .slice(0, 45)
        .split(/[!?。\n]/)[0] ?? '';
    if (account.test(after) || isDisguise(name)) return 'block';
    const invites =
      invite.test(before) || invite.test(after.slice(0, 20)) || /^(?:加|➕|\+|add|via|แอด|ทัก|追加)|(?:追加|交換|登録)$/.test(name);
    if (invites && !refusal.test(before)) return 'block';
    level = 'warn';
  }
  return level;
}

/** `w.e.c.h.a.t`, `wh4tsapp`; not `Whats App` or `face-book`. */
function isDisguise(name: string): boolean {
  const letters = name.replace(/[^\p{L}\p{N}]/gu, '');
  return (
    /^[a-z\d\W]+$/.test(name) &&
    !/^(?:add|via)/.test(name) &&
    name.length > 4 &&
    (letters.length + 1 < name.length || /[a-z][@$|!+\d]|[@$|!+\d][a-z]/.test(name))
  );
}
