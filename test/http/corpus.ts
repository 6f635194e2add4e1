import { connect } from 'node:net';

/** Bodies that have broken somebody's parser before. Each is rightly formed HTTP; what is in it is not what anyone expects. */
export const badBodies: readonly { readonly name: string; readonly body: Uint8Array }[] = [
  ['empty', ''],
  ['broken JSON', '{"id": "1", '],
  ['not JSON', 'id=1&payload=%7B'],
  ['a number', '7'],
  ['null', 'null'],
  ['a string', '"text"'],
  ['an array', '[{"id":"1"}]'],
  ['deep arrays', '['.repeat(200_000)],
  ['deep closed arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['deep objects', '{"a":'.repeat(100_000)],
  ['wrong types', '{"id":{"$gt":""},"shop":["x"],"conversation":7,"type":"x","data":null}'],
  ['operators as keys', '{"$where":"sleep(1000)","id":"1","a.b":1}'],
  ['prototype keys', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"id":"1"}'],
  ['64-bit ids as numbers', '{"id":7494049642642441621,"shop":9007199254740993,"conversation":-9223372036854775808}'],
  ['endless numbers', `{"id":1${'0'.repeat(100_000)},"shop":1e999}`],
  ['control characters', '{"id":"\\u0000\\u0001\\u001b[31m\\r\\n","shop":"\\u202e","conversation":"\\ufeff"}'],
  ['raw control characters', '{"id":"\u0000\u0007\u001b"}'],
  ['lone surrogates', '{"id":"\\ud800","shop":"\\udfff\\ud800","conversation":"\\ud83d"}'],
  ['duplicate keys', '{"id":"1","id":"2","shop":"a","shop":"b"}'],
  ['a very long string', `{"id":"${'x'.repeat(500_000)}"}`],
  ['many keys', `{${Array.from({ length: 50_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`],
  ['a byte order mark', '\ufeff{"id":"1"}'],
  ['markup', '{"id":"<script>alert(1)</script>","shop":"\'; DROP TABLE shops; --"}'],
]
  .map(([name = '', body = '']) => ({ name, body: new TextEncoder().encode(body) }))
  .concat([
    { name: 'bytes that are no UTF-8', body: new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0xff, 0xfe, 0x22, 0x7d]) },
    { name: 'an overlong encoding', body: new Uint8Array([0xc0, 0x80, 0xe0, 0x80, 0x80]) },
    { name: 'a compressed body', body: new Uint8Array([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03]) },
    { name: 'over a megabyte', body: new Uint8Array(1024 * 1024 + 1).fill(0x20) },
  ]);

/** Whole requests, some of which are no HTTP at all. `path` begins with a slash. */
export function badRequests(path: string): readonly { readonly name: string; readonly bytes: string }[] {
  const request = (name: string, line: string, headers: readonly string[] = [], body = '') => ({
    name,
    bytes: [line, 'Host: x', 'Connection: close', ...headers, '', body].join('\r\n'),
  });
  const post = `POST ${path} HTTP/1.1`;
  return [
    ...['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY'].map((method) =>
      request(method, `${method} ${path} HTTP/1.1`),
    ),
    request('CONNECT', 'CONNECT example.com:443 HTTP/1.1'),
    request('a method that is none', `GETT ${path} HTTP/1.1`),
    request('no version', `GET ${path}`),
    request('an unknown version', `GET ${path} HTTP/9.9`),
    request('an absolute address', `GET http://elsewhere.example.com${path} HTTP/1.1`),
    request('half an escape', `GET ${path}%E0%A4%A HTTP/1.1`),
    request('an escaped surrogate', `GET ${path}/%ED%A0%80 HTTP/1.1`),
    request('an escaped zero', `GET ${path}/%00 HTTP/1.1`),
    request('dots', `GET ${path}/../../../../etc/passwd HTTP/1.1`),
    request('escaped dots', `GET ${path}/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1`),
    request('two slashes', `GET /${path} HTTP/1.1`),
    request('a bad query', `GET ${path}?%=%&%zz&a[b][c]=1&__proto__[x]=1&constructor=1 HTTP/1.1`),
    request('the same name often', `GET ${path}?${'cursor=1&'.repeat(2_000)} HTTP/1.1`),
    request('a long address', `GET ${path}?q=${'x'.repeat(12_000)} HTTP/1.1`),
    request('too long an address', `GET ${path}?q=${'x'.repeat(40_000)} HTTP/1.1`),
    request('a huge header', post, [`X-Signature: ${'a'.repeat(40_000)}`]),
    request(
      'many headers',
      post,
      Array.from({ length: 3_000 }, (_, index) => `X-${index}: 1`),
    ),
    request('the same header twice', post, ['X-Signature: a', 'X-Signature: b', 'Content-Length: 2'], '{}'),
    request('two lengths', post, ['Content-Length: 2', 'Content-Length: 3'], '{}'),
    request('a length and chunks', post, ['Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    request('a negative length', post, ['Content-Length: -1']),
    request('a length too high', post, ['Content-Length: 10'], '{}'),
    request('a length beyond all', post, ['Content-Length: 99999999999999999999']),
    request('broken chunks', post, ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
    request('chunks over the limit', post, ['Transfer-Encoding: chunked'], `180000\r\n${' '.repeat(0x180000)}\r\n0\r\n\r\n`),
    request('an unknown transfer encoding', post, ['Transfer-Encoding: rot13'], '{}'),
    request('gzip that is none', post, ['Content-Encoding: gzip', 'Content-Length: 2'], '{}'),
    request('an unknown encoding', post, ['Content-Encoding: zstd, br', 'Content-Length: 2'], '{}'),
    request('an unknown charset', post, ['Content-Type: application/json; charset=klingon', 'Content-Length: 2'], '{}'),
    request('no media type', post, ['Content-Type: ;;;', 'Content-Length: 2'], '{}'),
    request('an unmet expectation', post, ['Expect: a-miracle', 'Content-Length: 2'], '{}'),
    request('control characters in a header', post, ['X-Signature: a\u0001b', 'Content-Length: 2'], '{}'),
    request('bytes over ASCII in a header', post, ['X-Timestamp: \u00ff\u00fe', 'Content-Length: 2'], '{}'),
    request('a folded header', post, ['X-Signature: a', ' b', 'Content-Length: 2'], '{}'),
    request('an upgrade', `GET ${path} HTTP/1.1`, ['Upgrade: websocket', 'Connection: Upgrade']),
    request('a bad authorization', `GET ${path} HTTP/1.1`, ['Authorization: Bearer \u00ff\u00fe']),
    { name: 'no host', bytes: `POST ${path} HTTP/1.1\r\nConnection: close\r\n\r\n` },
    { name: 'no HTTP', bytes: '\u0016\u0003\u0001\u0000\u00a5\u0001\u0000' },
    { name: 'nothing', bytes: '' },
    { name: 'an old client', bytes: `GET ${path} HTTP/1.0\r\n\r\n` },
  ];
}

/** Sends bytes as they are and ends the sending side; resolves to every status that came back before the connection closed. */
export function sendRaw(port: number, bytes: string): Promise<readonly number[]> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.from(bytes, 'latin1')));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    // A server that cuts the connection is within its rights; whether it lives is asked afterwards.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve([...answer.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status))));
  });
}
