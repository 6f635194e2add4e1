import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from '../../src/config/problem.ts';
import { loadConfig } from '../../src/config.ts';

const secretKey = Buffer.alloc(32, 7).toString('base64');
const connectors = {
  marketplaces: [
    {
      name: 'tiktok-shop',
      required: ['TIKTOK_SHOP_APP_KEY', 'TIKTOK_SHOP_APP_SECRET'],
      environment: z.object({
        TIKTOK_SHOP_APP_KEY: z.string(),
        TIKTOK_SHOP_APP_SECRET: z.string(),
        TIKTOK_SHOP_API_URL: z.url().default('https://open-api.tiktokglobalshop.com'),
      }),
    },
  ],
  bots: [{ name: 'slack', required: ['SLACK_BOT_TOKEN'], environment: z.object({ SLACK_BOT_TOKEN: z.string().startsWith('xoxb-') }) }],
};

function problemsOf(env: Record<string, string>): string {
  try {
    loadConfig(env, connectors);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('accepted');
}

describe('loadConfig', () => {
  it('needs nothing', () => {
    expect(loadConfig({}, connectors)).toEqual({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: null,
      mongodbUri: null,
      dataDir: './data',
      logLevel: 'info',
      configPath: './threadmart.yaml',
      configPathGiven: false,
      secretKeys: [],
      adminToken: null,
      marketplaces: new Map(),
      bots: new Map(),
    });
  });

  it('takes empty for unset, everywhere', () => {
    const env = Object.fromEntries(
      ['HOST', 'PORT', 'PUBLIC_URL', 'MONGODB_URI', 'DATA_DIR', 'LOG_LEVEL', 'SECRET_KEY', 'ADMIN_TOKEN', 'SLACK_BOT_TOKEN'].map((name) => [
        name,
        ' ',
      ]),
    );
    expect(loadConfig(env, connectors)).toEqual(loadConfig({}, connectors));
  });

  it.each([
    'mongodb://one.example,two.example:27018,three.example/threadmart?replicaSet=rs0',
    'mongodb+srv://user:word@cluster.example/threadmart',
    'mongodb://%2Ftmp%2Fthreadmart.sock/threadmart',
  ])('takes the MongoDB address %s', (uri) => {
    expect(loadConfig({ MONGODB_URI: uri, SECRET_KEY: secretKey }, connectors).mongodbUri).toBe(uri);
  });

  it('reads a list of keys, the first one first', () => {
    const other = Buffer.alloc(32, 9).toString('base64');
    const { secretKeys } = loadConfig({ SECRET_KEY: `${secretKey}, ${other}` }, connectors);
    expect(secretKeys.map((key) => key[0])).toEqual([7, 9]);
  });

  it('wants a key with MONGODB_URI', () => {
    expect(problemsOf({ MONGODB_URI: 'mongodb://one' })).toContain('SECRET_KEY: is required together with MONGODB_URI');
  });

  it('drops the slash at the end of PUBLIC_URL', () => {
    expect(loadConfig({ PUBLIC_URL: 'https://answers.example.com/' }, connectors).publicUrl).toBe('https://answers.example.com');
  });

  it('switches on what has its required variables', () => {
    const config = loadConfig({ TIKTOK_SHOP_APP_KEY: 'k', TIKTOK_SHOP_APP_SECRET: 's', SLACK_BOT_TOKEN: '' }, connectors);
    expect([...config.marketplaces]).toEqual([
      [
        'tiktok-shop',
        { TIKTOK_SHOP_APP_KEY: 'k', TIKTOK_SHOP_APP_SECRET: 's', TIKTOK_SHOP_API_URL: 'https://open-api.tiktokglobalshop.com' },
      ],
    ]);
    expect(config.bots.size).toBe(0);
  });

  it('knows several connections to one platform by the endings of their variables, each for itself', () => {
    const two = loadConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_BOT_TOKEN__EU: 'xoxb-2' }, connectors);
    expect([...two.bots]).toEqual([
      ['slack/default', { SLACK_BOT_TOKEN: 'xoxb-1' }],
      ['slack/eu', { SLACK_BOT_TOKEN: 'xoxb-2' }],
    ]);
    expect([...loadConfig({ SLACK_BOT_TOKEN__EU: 'xoxb-2', SLACK_BOT_TOKEN__US: '' }, connectors).bots.keys()]).toEqual(['slack/eu']);
    expect(problemsOf({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_BOT_TOKEN__EU: 'secret-value' })).toContain('- SLACK_BOT_TOKEN__EU: ');
    // Of one app each event goes to one of its connections, by chance: what the other one would answer is lost.
    expect(problemsOf({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_BOT_TOKEN__EU: 'xoxb-2', SLACK_BOT_TOKEN__US: 'xoxb-1' })).toContain(
      '- SLACK_BOT_TOKEN__US: is the same as SLACK_BOT_TOKEN: ',
    );
    expect(problemsOf({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_BOT_TOKEN__DEFAULT: 'xoxb-2' })).toContain('leave "__DEFAULT" away');
    // Somebody else's variables.
    expect(loadConfig({ OTHER_SLACK__EU: 'x', SLACK_OTHER__EU: 'x', PORT__EU: '1' }, connectors).bots.size).toBe(0);
  });

  it('lists everything that is wrong, and no value', () => {
    const env = {
      PORT: '70000',
      LOG_LEVEL: 'loud-value',
      PUBLIC_URL: 'ftp://secret-value',
      MONGODB_URI: 'http://secret-value',
      SECRET_KEY: `${secretKey},secret-value`,
      ADMIN_TOKEN: 'secret-value',
      TIKTOK_SHOP_APP_KEY: 'secret-value',
      SLACK_BOT_TOKEN: 'secret-value',
    };
    const message = problemsOf(env);
    expect(message.split('\n')).toEqual([
      'The configuration has 8 problem(s):',
      '  - PORT: must be a port: a whole number up to 65535',
      '  - PUBLIC_URL: must be an address that begins with https:// (or http://)',
      '  - MONGODB_URI: must begin with mongodb:// or mongodb+srv://',
      '  - LOG_LEVEL: must be one of: fatal, error, warn, info, debug, trace, silent',
      '  - SECRET_KEY: must be 32 bytes in base64 (44 characters), or several of them with commas between',
      '  - ADMIN_TOKEN: must have at least 16 characters',
      '  - TIKTOK_SHOP_APP_SECRET: is missing: tiktok-shop needs it (leave all of its variables empty to switch tiktok-shop off)',
      '  - SLACK_BOT_TOKEN: Invalid string: must start with "xoxb-"',
    ]);
    expect(message).not.toContain('secret-value');
    expect(message).not.toContain('loud-value');
  });

  it('says it in Chinese too', () => {
    const error = new ConfigError([
      { file: null, line: null, column: null, field: 'PORT', sentence: { key: 'config.expected.port', params: {} } },
    ]);
    expect(error.describe('zh-CN')).toBe('配置中有 1 处问题：\n  - PORT: 必须是端口号：不大于 65535 的整数');
  });
});
