import { crc32, deflateRawSync } from 'node:zlib';

export interface ZippedFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** What the directory says instead of the truth. */
  readonly claims?: { readonly size?: number; readonly flags?: number; readonly method?: number };
}

/** A zip of deflated files, of which the directory may lie. `same` has every entry share the first one's bytes. */
export function zipOf(files: readonly ZippedFile[], same = false): Buffer {
  const pieces: Buffer[] = [];
  const headers: Buffer[] = [];
  let position = 0;
  for (const { name, content, claims = {} } of files) {
    const packed = deflateRawSync(content);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50);
    header.writeUInt16LE(claims.flags ?? 0, 8);
    header.writeUInt16LE(claims.method ?? 8, 10);
    header.writeUInt32LE(crc32(content), 16);
    header.writeUInt32LE(packed.byteLength, 20);
    header.writeUInt32LE(claims.size ?? content.byteLength, 24);
    header.writeUInt16LE(Buffer.byteLength(name), 28);
    header.writeUInt32LE(same ? 0 : position, 42);
    headers.push(header, Buffer.from(name));
    if (same && pieces.length > 0) continue;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    pieces.push(local, Buffer.from(name), packed);
    position += 30 + Buffer.byteLength(name) + packed.byteLength;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(
    headers.reduce((sum, header) => sum + header.byteLength, 0),
    12,
  );
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...pieces, ...headers, end]);
}
