import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { createWorld } from './world.ts';

it('begins nothing where its port is taken: nobody could tell it anything', async () => {
  const world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random });
  const { service } = world;
  const other = createServer((_, response) => response.writeHead(404).end()).listen(Number(new URL(service.url).port), '127.0.0.1');
  try {
    await once(other, 'listening');
    await expect(service.start()).rejects.toThrow('EADDRINUSE');
    expect(service.output()).not.toContain('gate taken');
  } finally {
    other.close();
    await world.close();
  }
});
