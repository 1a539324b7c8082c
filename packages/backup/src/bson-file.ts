import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline as connect } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';

/** What a file of documents came to. */
export interface WrittenFile {
  documents: number;
  /** Of the file, compressed. */
  bytes: number;
  /** Of the file, in hex. */
  sha256: string;
}

/** A document begins with its own length: four bytes, the least significant first. */
const LENGTH_BYTES = 4;
const CHUNK_BYTES = 1024 * 1024;

/** Writes documents as the server sent them, one after another, compressed, and on disk when this returns. */
export async function writeDocuments(file: string, documents: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
  const hash = createHash('sha256');
  const written = { documents: 0, bytes: 0 };
  await pipeline(
    async function* count() {
      for await (const document of documents) {
        written.documents += 1;
        yield document;
      }
    },
    // A dump runs beside the living traffic: little work for each byte is worth more than a smaller file.
    zlib.createGzip({ level: zlib.constants.Z_BEST_SPEED }),
    async function* digest(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        written.bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
  );
  return { ...written, sha256: hash.digest('hex') };
}

/** The documents of a file, in their sequence. Throws when it ends within one. */
export async function* readDocuments(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  const unzipped = zlib.createGunzip({ chunkSize: CHUNK_BYTES });
  // A file that cannot be read ends what is unzipped with its error, which is thrown below.
  connect(createReadStream(file), unzipped, () => undefined);
  for await (const chunk of unzipped) {
    rest = Buffer.concat([rest, chunk]);
    for (let length = lengthOf(rest); length !== undefined && rest.length >= length; length = lengthOf(rest)) {
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
    }
  }
  if (rest.length > 0) throw new Error(`${file} ends within a document`);
}

const lengthOf = (bytes: Buffer): number | undefined => (bytes.length < LENGTH_BYTES ? undefined : bytes.readInt32LE());

/** Length and checksum of a file as it is. */
export async function measureFile(file: string): Promise<Omit<WrittenFile, 'documents'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
