import { crc32 } from 'node:zlib';

/**
 * A zip archive with one file in it, stored as it is. For kinds of files that the platform does not take by themselves.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (2026-11-28), sections 4.3.7, 4.3.12, 4.3.16
 */
export function zipOf(name: string, bytes: Uint8Array): Uint8Array {
  const title = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version
  common.writeUInt16LE(0x0800, 2); // the name is UTF-8
  common.writeUInt16LE(0x21, 8); // 1 January 1980: the archive knows no older day
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(bytes.byteLength, 14);
  common.writeUInt32LE(bytes.byteLength, 18);
  common.writeUInt16LE(title.byteLength, 22);
  const local = Buffer.concat([signed(0x04034b50), common, title, bytes]);
  const entry = Buffer.concat([signed(0x02014b50), Buffer.from([20, 0]), common, Buffer.alloc(14), title]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.byteLength, 8);
  end.writeUInt32LE(local.byteLength, 12);
  return Buffer.concat([local, entry, signed(0x06054b50), end]);
}

function signed(signature: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return bytes;
}
