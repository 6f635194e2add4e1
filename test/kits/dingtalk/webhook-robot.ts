import { createHmac } from 'node:crypto';
import type { FakeRequest } from '../fake-server.ts';
import { OapiRefusal } from './refusal.ts';
import type { DingWorld } from './world.ts';

/** A custom robot of one group: it only speaks, and is signed. */
export interface WebhookRobot {
  readonly groupId: string;
  /** As the group's settings show it. */
  readonly url: string;
  readonly secret: string;
  /** What it said, oldest first. */
  readonly said: { readonly text: string; readonly pings: readonly string[] }[];
}

interface Kept extends WebhookRobot {
  sentAt: number[];
  blockedUntil: number;
}

export interface WebhookRobots {
  add(groupId: string): WebhookRobot;
  /** `POST /robot/send`. @throws OapiRefusal `300001`, `310000`, `130101` */
  send(request: FakeRequest, body: unknown): object;
}

const maxSkewMs = 3_600_000;

/**
 * Twenty a minute, then nothing for ten minutes.
 * @see https://open.dingtalk.com/document/development/custom-robots-send-group-messages (read 2026-11-28)
 */
export function createWebhookRobots(world: DingWorld, serverUrl: () => string, timeScale: number): WebhookRobots {
  const robots = new Map<string, Kept>();
  return {
    add(groupId) {
      const token = world.nextId('webhook-');
      const robot: Kept = {
        ...{ groupId, url: `${serverUrl()}/robot/send?access_token=${token}`, secret: `SEC${token}`, said: [] },
        ...{ sentAt: [], blockedUntil: 0 },
      };
      robots.set(token, robot);
      return robot;
    },
    send({ query }, body) {
      const robot = robots.get(query.get('access_token') ?? '');
      if (!robot) throw new OapiRefusal(300001, 'token is not exist');
      const timestamp = query.get('timestamp') ?? '';
      if (Math.abs(world.now() - Number(timestamp)) > maxSkewMs) throw new OapiRefusal(310000, 'invalid timestamp');
      const sign = createHmac('sha256', robot.secret).update(`${timestamp}\n${robot.secret}`).digest('base64');
      if (query.get('sign') !== sign) throw new OapiRefusal(310000, 'sign not match');
      const now = world.now();
      const minuteMs = 60_000 / timeScale;
      robot.sentAt = robot.sentAt.filter((at) => at > now - minuteMs);
      if (robot.blockedUntil <= now && robot.sentAt.length >= 20) robot.blockedUntil = now + 10 * minuteMs;
      if (robot.blockedUntil > now) throw new OapiRefusal(130101, 'send too fast, exceed 20 times per minute');
      robot.said.push(read(body));
      robot.sentAt.push(now);
      return {};
    },
  };
}

function read(body: unknown): WebhookRobot['said'][number] {
  const { msgtype, text, markdown, at } = (body ?? {}) as {
    readonly msgtype?: unknown;
    readonly text?: { readonly content?: string };
    readonly markdown?: { readonly title?: string; readonly text?: string };
    readonly at?: { readonly atUserIds?: readonly string[]; readonly isAtAll?: boolean };
  };
  const words = msgtype === 'text' ? text?.content : msgtype === 'markdown' && markdown?.title ? markdown.text : undefined;
  if (!words) throw new OapiRefusal(400101, 'param error');
  return { text: words, pings: [...(at?.atUserIds ?? []), ...(at?.isAtAll ? ['@ALL'] : [])] };
}
