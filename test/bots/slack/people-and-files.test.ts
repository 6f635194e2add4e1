import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createAuthorization, fetchFile } from '../../../bots/slack/files.ts';
import { slack } from '../../../bots/slack/index.ts';
import { slackManifest } from '../../../bots/slack/manifest.ts';
import { toChatUser } from '../../../bots/slack/users.ts';

describe('people', () => {
  const home = { teamId: 'T1', enterpriseId: 'E1' };
  it.each([
    [{}, 'member'],
    [{ team_id: 'T1' }, 'member'],
    [{ is_restricted: true }, 'guest'],
    [{ is_ultra_restricted: true }, 'guest'],
    [{ is_stranger: true }, 'external'],
    [{ team_id: 'T2' }, 'external'],
    [{ team_id: 'T2', is_restricted: true }, 'external'],
    [{ team_id: 'T2', enterprise_user: { enterprise_id: 'E1' } }, 'member'],
    [{ is_bot: true }, 'bot'],
  ])('%j is a %s', (user, kind) => {
    expect(toChatUser({ id: 'U1', ...user }, home).kind).toBe(kind);
  });
  it('takes the name that colleagues see', () => {
    const profile = { display_name: '', real_name: 'Ada L.', email: 'ada@shop.example' };
    expect(toChatUser({ id: 'U1', name: 'ada', locale: 'zh-CN', profile }, home)).toMatchObject({
      name: 'Ada L.',
      email: 'ada@shop.example',
      locale: 'zh-CN',
    });
  });
});

describe('files', () => {
  const file = { fileId: 'F1', url: 'https://files.slack.com/f/a.png', name: 'a.png', mimeType: 'image/png', bytes: 3 };
  const access = { signal: new AbortController().signal, maxBytes: 10 };
  const client = { post: () => Promise.reject(new Error('not used')), ask: () => Promise.reject(new Error('not used')) };

  /** Answers by address; remembers who got the token. */
  function web(pages: Readonly<Record<string, () => Response>>) {
    const trusted: string[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const url = String(input);
      if (new Headers(init?.headers).has('authorization')) trusted.push(new URL(url).host);
      return pages[url]?.() ?? new Response('', { status: 404 });
    };
    return { trusted, deps: { client, fetch, authorization: createAuthorization('xoxb-1', 'https://slack.com/api/') } };
  }
  const png = () => new Response('png', { headers: { 'content-type': 'image/png' } });
  const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });

  it('follows a redirect to another host without the token', async () => {
    const { deps, trusted } = web({ [file.url]: to('https://cdn.example/a.png'), 'https://cdn.example/a.png': png });
    expect(await fetchFile(deps, file, access)).toMatchObject({ mimeType: 'image/png', name: 'a.png' });
    expect(trusted).toEqual(['files.slack.com']);
  });
  it.each([
    [
      'a page to log in at',
      { [file.url]: () => new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }) },
      file,
      'file_is_a_page',
    ],
    ['what is gone', {}, file, 'http_404'],
    [
      'more bytes than told',
      { [file.url]: () => new Response('x'.repeat(11), { headers: { 'content-type': 'image/png' } }) },
      file,
      'file_too_large',
    ],
    ['a circle', { [file.url]: to(file.url) }, file, 'too_many_redirects'],
    ['a file kept elsewhere', {}, { ...file, url: 'https://drive.example/a' }, 'file_external'],
    ['a host that only ends alike', {}, { ...file, url: 'https://evilslack.com/a' }, 'file_external'],
    ['an unencrypted address', {}, { ...file, url: 'http://files.slack.com/a' }, 'file_external'],
  ])('refuses %s', async (_what, pages: Readonly<Record<string, () => Response>>, wanted, code) => {
    const { deps } = web(pages);
    await expect(fetchFile(deps, wanted, access)).rejects.toMatchObject({ kind: 'rejected', code });
  });
  it('tries again later when Slack is not well', async () => {
    const { deps } = web({ [file.url]: () => new Response('', { status: 502 }) });
    await expect(fetchFile(deps, file, access)).rejects.toMatchObject({ kind: 'transient' });
  });
});

describe('set-up', () => {
  it('needs the signing secret or the app token', () => {
    const read = (env: Record<string, string>) => slack.environment.safeParse({ SLACK_BOT_TOKEN: 'xoxb-1', ...env });
    expect(read({}).success).toBe(false);
    expect(read({ SLACK_SIGNING_SECRET: '', SLACK_APP_TOKEN: '' }).success).toBe(false);
    expect(read({ SLACK_SIGNING_SECRET: 's' })).toMatchObject({
      data: { signingSecret: 's', appToken: null, apiUrl: 'https://slack.com/api/' },
    });
    expect(read({ SLACK_APP_TOKEN: 'xapp-1', SLACK_API_URL: '' })).toMatchObject({ data: { signingSecret: null, appToken: 'xapp-1' } });
  });
  it.each(['slack.md', 'slack.zh-CN.md'])('asks for what docs/%s says, no more and no less', async (name) => {
    const guide = await readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
    const { oauth_config, settings } = slackManifest({ connection: 'default', publicUrl: null, name: 'Threadmart', socketMode: true });
    // Rows of the table of scopes, and the line of events.
    const scopes = guide
      .split('\n')
      .flatMap((line) => (/^\| `[a-z]+:?[a-z.]*/.test(line) && line.split('|').length === 5 ? namesIn(line.split('|')[1]) : []));
    expect(scopes.toSorted()).toEqual([...oauth_config.scopes.bot].toSorted());
    const events = guide.split('\n').find((line) => line.includes('`message.channels`'));
    expect(namesIn(events)).toEqual(settings.event_subscriptions.bot_events);
  });
  it('makes a manifest for an address, and one for a socket without any', () => {
    const web = JSON.stringify(
      slackManifest({ connection: 'default', publicUrl: 'https://threads.example', name: 'Threadmart', socketMode: false }),
    );
    expect(web.match(/https:\/\/threads\.example\/bots\/slack\/events/g)).toHaveLength(3);
    const socket = slackManifest({ connection: 'default', publicUrl: null, name: 'Threadmart', socketMode: true });
    expect(JSON.stringify(socket)).not.toContain('http');
    expect(socket).toMatchObject({
      settings: { socket_mode_enabled: true },
      features: { slash_commands: [{ command: '/tm' }], shortcuts: [{ type: 'message' }, { type: 'message' }] },
    });
  });
});

/** What stands in backticks. */
const namesIn = (words = ''): string[] => words.split('`').filter((_, place) => place % 2 === 1);
