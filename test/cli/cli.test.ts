import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { BotDefinition } from '../../bots/bot.ts';
import type { Io } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/program.ts';
import { displayWidth, table } from '../../src/core/columns.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}
type Answers = Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A service that knows these answers only. */
async function serve(answers: Answers): Promise<{ readonly port: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '', headers } = request;
    asked.push({ method, path, headers, body });
    const { status = 200, body: answer } = answers[`${method} ${path}`] ?? {
      status: 404,
      body: { error: { code: 'not-found', message: 'no' } },
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: String((server.address() as AddressInfo).port), asked };
}

const bot = {
  name: 'stub',
  label: 'Stub',
  manifest: ({ publicUrl, socketMode }: { publicUrl: string | null; socketMode: boolean }) => ({ publicUrl, socketMode }),
} as unknown as BotDefinition;

async function run(args: string, env: Io['env'], files: Readonly<Record<string, string>> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const became: string[] = [];
  const io: Io = {
    env: { ADMIN_TOKEN: 'token-of-the-administrator', ...env },
    fetch: globalThis.fetch,
    now: () => new Date('2026-11-22T08:00:00Z'),
    readFile: async (path) => files[path] ?? Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
    writeFile: async () => undefined,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    become: (script, options = [], args = []) => void became.push([...options, script, ...args].join(' ')),
  };
  const exitCode = await runCli(args.split(' '), io, [bot]);
  return { exitCode, out, err, became };
}

const letter = {
  ...{ _id: 'stub/default|m1', box: 'inbox', state: 'dead', at: '2026-11-22T08:00:00.123Z', diedAt: null, source: 'stub', kind: 'event' },
  ...{ reason: 'bad\u001b[31m', attempts: 8, inquiryId: null },
};

describe('exit codes', () => {
  it('0: done', async () => {
    const { port, asked } = await serve({ 'GET /api/dead-letters?limit=50': { body: { items: [], nextCursor: null } } });
    expect(await run('dead-letters list', { PORT: port })).toMatchObject({ exitCode: 0, out: ['There are no dead letters.'], err: [] });
    expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer token-of-the-administrator', 'accept-language': 'en' });
  });

  it('1: the service refuses, or something that was checked does not work', async () => {
    const findings = [{ check: 'token', ok: false, problem: 'ended', effect: 'nothing is sent' }];
    const { port } = await serve({ 'POST /api/shops/s1/test': { body: { findings } }, 'GET /api/doctor': { body: { findings: [] } } });
    expect(await run('trace nothing', { PORT: port })).toMatchObject({ exitCode: 1, err: ['There is nothing of this name.'] });
    const tested = await run('shops test s1', { PORT: port });
    expect(tested).toMatchObject({ exitCode: 1, out: ['\u2717 token: ended', '    nothing is sent', '', '1 problem(s).'] });
    expect(await run('doctor', { PORT: port })).toMatchObject({ exitCode: 0, out: ['\u2713 service', '', 'Everything works.'] });
  });

  it('1: a MongoDB is not backed up from here, and how it is', async () => {
    const { port } = await serve({ 'POST /api/backup': { status: 409, body: { error: { code: 'use-mongodump', message: 'no' } } } });
    const { exitCode, err } = await run('backup', { PORT: port });
    expect([exitCode, err]).toEqual([1, [expect.stringMatching(/mongodump --uri/)]]);
    const zh = await run('restore nowhere', {
      MONGODB_URI: 'mongodb://x',
      SECRET_KEY: Buffer.alloc(32).toString('base64'),
      LANG: 'zh_CN.UTF-8',
    });
    expect(zh).toMatchObject({ exitCode: 2, err: [expect.stringContaining('mongorestore')] });
  });

  it.each([
    ['nothing', 'There is no command nothing.'],
    ['shops list --color', 'There is no option --color.'],
    ['trace', '"id" is missing.'],
    ['trace a b', 'There are too many arguments.'],
    ['inquiries --limit', '--limit <count> needs a value.'],
    ['inquiries --status lost', '--status <status> has a value that is not allowed.'],
    ['shops list --url ftp://x', 'ftp://x is no address that begins with http:// or https://.'],
    ['stub-manifest', 'Stub must know where to send events: give --public-url, or --socket.'],
    ['apply nowhere.yaml', 'nowhere.yaml cannot be read.'],
  ])('2: %s', async (args, sentence) => {
    const { exitCode, err } = await run(args, {});
    expect([exitCode, err[0]]).toEqual([2, sentence]);
  });

  it('2: a group alone, a missing or wrong token, a configuration with problems', async () => {
    const wrong = { error: { code: 'invalid-config', message: 'no', details: ['threadmart.yaml:1:1 x: is not known here'] } };
    const { port } = await serve({
      'GET /api/trace/x': { status: 401, body: { error: { code: 'unauthorized', message: 'no' } } },
      'POST /api/apply?dryRun=0': { status: 400, body: wrong },
    });
    expect((await run('shops', {})).exitCode).toBe(2);
    expect((await run('trace x', { ADMIN_TOKEN: '', DATA_DIR: '/data' })).err).toEqual([
      'Set ADMIN_TOKEN, or run this where the service keeps /data/admin-token.',
    ]);
    expect((await run('trace x', { PORT: port })).exitCode).toBe(2);
    expect(await run('apply c.yaml', { PORT: port }, { 'c.yaml': 'x: 1' })).toMatchObject({
      exitCode: 2,
      err: ['Nothing was applied. The configuration has problems:', '  threadmart.yaml:1:1 x: is not known here'],
    });
  });

  it('3: nobody answers, somebody else does, or the service is not ready', async () => {
    const { port } = await serve({
      'GET /api/trace/a': { body: '<html>' },
      'GET /api/trace/b': { status: 503, body: { error: { code: 'unavailable', message: 'no' } } },
    });
    for (const id of ['a', 'b']) expect((await run(`trace ${id}`, { PORT: port })).exitCode).toBe(3);
    const away = await run('trace a --url http://127.0.0.1:1', { LANG: 'zh_CN.UTF-8' });
    expect(away).toMatchObject({ exitCode: 3, err: [expect.stringContaining('没有应答')] });
  });
});

describe('commands', () => {
  it('show tables to people, and the whole answer to programs', async () => {
    const page = { items: [letter], nextCursor: 'c1' };
    const { port } = await serve({ 'GET /api/dead-letters?box=inbox&limit=50': { body: page } });
    const shown = await run('dead-letters list --box inbox', { PORT: port });
    expect(shown.out).toEqual([
      'ID               TIME                  SOURCE  KIND   ATTEMPTS  REASON',
      'stub/default|m1  2026-11-22 08:00:00Z  stub    event  8         bad\u00b7[31m',
      '',
      'There are more: --cursor c1',
    ]);
    const json = await run('dead-letters list --box inbox --json', { PORT: port });
    expect(JSON.parse(json.out.join('\n'))).toEqual(page);
  });

  it('replay several dead letters, one by one', async () => {
    const { port, asked } = await serve({
      'POST /api/dead-letters/stub%2Fdefault%7Cm1/replay': { body: { _id: 'stub/default|m1', state: 'received', changed: true } },
      'POST /api/dead-letters/m2/replay': { body: { _id: 'm2', state: 'done', changed: false } },
    });
    const { out } = await run('dead-letters replay stub/default|m1 m2', { PORT: port });
    expect(out).toEqual(['stub/default|m1 is tried again.', 'm2 is no dead letter any more; it is done.']);
    expect(asked).toHaveLength(2);
  });

  it('set, show and remove templates', async () => {
    const template = {
      ...{ _id: 'hi/*/th', name: 'hi', marketplace: null, language: 'th', text: 'Hi {{buyer.name}}\nbye' },
      ...{ changedAt: '2026-11-22T08:00:00.123Z', changedBy: 'slack/U1' },
    };
    const { port, asked } = await serve({
      'GET /api/templates?limit=50': { body: { items: [template], nextCursor: null } },
      'GET /api/templates/hi': { body: { items: [{ ...template, remarks: ['On stub it would be held:'] }], nextCursor: null } },
      'POST /api/templates': { body: { ...template, remarks: ['On stub it goes out as 2 messages.'] } },
      'POST /api/templates/hi/remove': { body: { removed: 'hi/*/th' } },
    });
    expect((await run('templates list', { PORT: port })).out).toEqual([
      'NAME  MARKETPLACE  LANGUAGE  TEXT',
      'hi    -            th        Hi {{buyer.name}} bye',
    ]);
    expect((await run('templates show hi', { PORT: port })).out).toEqual([
      'hi/*/th',
      '  Hi {{buyer.name}}',
      '  bye',
      '(by slack/U1, as of 2026-11-22 08:00:00Z)',
      'On stub it would be held:',
    ]);
    const set = await run('templates set hi --language th --file hi.txt', { PORT: port }, { 'hi.txt': 'Hi\n' });
    expect(set.out).toEqual(['Template hi/*/th is saved.', '  On stub it goes out as 2 messages.']);
    await run('templates set hi Hello --marketplace stub', { PORT: port });
    expect((await run('templates remove hi --language th', { PORT: port })).out).toEqual(['Template hi/*/th is removed.']);
    expect(asked.slice(2).map(({ body }) => JSON.parse(body))).toEqual([
      { name: 'hi', marketplace: null, language: 'th', text: 'Hi\n' },
      { name: 'hi', marketplace: 'stub', language: null, text: 'Hello' },
      { marketplace: null, language: 'th' },
    ]);
    expect((await run('templates set hi', { PORT: port })).exitCode).toBe(2);
    expect((await run('templates set hi --file nowhere', { PORT: port })).err).toEqual(['nowhere cannot be read.']);
  });

  it('take the token from the data folder, and the file as it is', async () => {
    const { port, asked } = await serve({
      'POST /api/apply?dryRun=1': { body: { dryRun: true, changes: ['routes'], warnings: ['x: \u001bw'] } },
    });
    const files = { '/data/admin-token': 'stored-token\n', './threadmart.yaml': 'routes: [] # $X' };
    const { out } = await run('apply --dry-run', { PORT: port, ADMIN_TOKEN: '', DATA_DIR: '/data' }, files);
    expect(out).toEqual(['This would change:', '  routes', 'Worth knowing:', '  x: ·w']);
    expect(asked[0]).toMatchObject({ body: 'routes: [] # $X', headers: { authorization: 'Bearer stored-token' } });
  });

  it('print a manifest without any service', async () => {
    const { out } = await run('stub-manifest --public-url https://answers.example.com --json', {});
    expect(JSON.parse(out.join(''))).toEqual({ publicUrl: 'https://answers.example.com', socketMode: false });
  });

  it('become the service or the demo', async () => {
    const [serve = ''] = (await run('serve', {})).became;
    expect(serve).toMatch(/^(--[\w-]+(=\d+)? )+src\/main\.mjs$/);
    // Started otherwise it is started alike.
    const text = async (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
    expect(await text('package.json')).toContain(`"start": "exec node ${serve}"`);
    expect(await text('Dockerfile')).toContain(`CMD ${JSON.stringify(['node', ...serve.split(' ')]).replaceAll(',', ', ')}`);
    expect((await run('demo', {})).became).toEqual(['test/demo/run.ts']);
    expect((await run('demo --chat stub', {})).became).toEqual(['test/demo/run.ts --chat stub']);
  });

  it('help in the reader’s language', async () => {
    const { exitCode, out } = await run('--help', { LC_ALL: 'zh_CN.UTF-8', LANG: 'en_US.UTF-8' });
    expect(exitCode).toBe(0);
    expect(out.join('\n')).toContain('用法：');
  });
});

describe('tables', () => {
  it('align wide characters, and let no text steer the terminal', () => {
    expect(['abc', '店铺', 'ｶﾅ', '한글', '👍🏽', 'é'].map(displayWidth)).toEqual([3, 4, 2, 4, 2, 1]);
    expect(
      table(
        ['名称', 'X'],
        [
          ['店铺一', 1],
          ['a\u202eb\nc', null],
        ],
      ),
    ).toEqual(['名称    X', '店铺一  1', 'a·b·c   -']);
  });
});

it('the command runs on its own Node', async () => {
  const bin = fileURLToPath(new URL('../../src/cli/bin.mjs', import.meta.url));
  const help = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [bin, '--help'], (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
  expect(help).toContain('threadmart');
});
