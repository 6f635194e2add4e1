import type { Server } from 'node:http';
import { Duplex } from 'node:stream';

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A connection to a server with no network below it: what is written is read by the server's own HTTP parser, some ten thousand times a second. */
export interface Line {
  /** One whole request; resolves to its answer. The line is opened anew when the server closed it. */
  ask(request: Uint8Array): Promise<Answer>;
  /** Any bytes, and then the end of the line; resolves to all that was answered before it closed. */
  throwAt(bytes: Uint8Array): Promise<readonly Answer[]>;
  close(): void;
}

/** Far more than any answer takes on the busiest machine. */
const longestMs = 30_000;

export function openLine(server: Server): Line {
  let current: End | null = null;
  return {
    ask(request) {
      if (!current || current.destroyed || current.writableEnded) current = connect(server);
      const end = current;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`it was not answered; so far: ${end.answered}`)), longestMs);
        end.heard = () => {
          const [answer] = readAnswers(end.answered, end.isClosed);
          if (answer || end.isClosed) clearTimeout(timer);
          if (answer) {
            end.answered = '';
            if (/^connection: close$/im.test(answer.head)) current = null;
            resolve(answer);
          } else if (end.isClosed) reject(new Error(`closed without an answer; it said: ${end.answered}`));
        };
        end.push(request);
      });
    },
    throwAt(bytes) {
      const end = connect(server);
      return new Promise((resolve) => {
        end.heard = () => {
          if (end.isClosed) resolve(readAnswers(end.answered, true));
        };
        end.push(bytes);
        end.push(null);
      });
    },
    close: () => void current?.destroy(),
  };
}

/** The server's end of the line. */
class End extends Duplex {
  answered = '';
  isClosed = false;
  heard: () => void = () => {};

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answered += chunk.toString('latin1');
    done();
    this.heard();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.isClosed = true;
    done(error);
    this.heard();
  }

  // What the server asks of a socket.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.end(() => this.destroy());
  }
}

function connect(server: Server): End {
  const end = new End({ allowHalfOpen: true });
  end.on('error', () => {});
  server.emit('connection', end);
  return end;
}

/** All whole answers in what a server wrote. One without a length goes on to the end of the line. */
function readAnswers(text: string, closed: boolean): readonly Answer[] {
  const answers: Answer[] = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) break;
    const head = text.slice(at, end);
    const status = Number(head.slice(9, 12));
    const length = /^content-length: *(\d+)$/im.exec(head)?.[1];
    const isChunked = /^transfer-encoding: *chunked$/im.test(head);
    const from = end + 4;
    const isBare = status < 200 || status === 204 || status === 304;
    const toTheEnd = !isBare && !isChunked && length === undefined;
    const bodyEnd = isBare ? from : isChunked ? endOfChunks(text, from) : toTheEnd ? text.length : from + Number(length);
    if (bodyEnd < 0 || bodyEnd > text.length || (toTheEnd && !closed)) break;
    if (status >= 200) answers.push({ status, head, body: text.slice(from, bodyEnd) });
    at = bodyEnd;
  }
  return answers;
}

function endOfChunks(text: string, from: number): number {
  const last = text.indexOf('0\r\n\r\n', from);
  return last < 0 ? -1 : last + 5;
}
