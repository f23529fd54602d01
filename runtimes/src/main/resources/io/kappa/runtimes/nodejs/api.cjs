// HTTP to the Runtime API over one socket kept alive: half the time of a round trip through the http module.
'use strict';

const net = require('net');
const errors = require('./errors.cjs');

const BASE = '/2018-06-01/runtime/';
const ASSIGNMENT = '/kappa/assignment';
const HEAD_END = Buffer.from('\r\n\r\n');

class RuntimeApi {
  #address;
  #socket;
  #unread = [];
  #unreadLength = 0;
  #waiting = null;
  #expected = 0; // Length of the answer that is being read, once its head has told it.

  constructor(address) {
    this.#address = address;
    const colon = address.lastIndexOf(':');
    this.#socket = net.connect({ host: address.slice(0, colon), port: +address.slice(colon + 1), noDelay: true });
    this.#socket.on('data', (bytes) => this.#received(bytes));
    this.#socket.on('error', (error) => this.#closed(error));
    this.#socket.on('close', () => this.#closed(new Error('the Runtime API has closed the connection')));
    // Only an answer waited for keeps the event loop from being empty.
    this.#socket.unref();
  }

  /** Waits, however long, for the next event. */
  async next() {
    const answer = await this.#exchange(`GET ${BASE}invocation/next HTTP/1.1\r\nHost: ${this.#address}\r\n\r\n`);
    if (answer.status !== 200) {
      throw new Error(`the Runtime API answered ${answer.status} to next`);
    }
    return answer;
  }

  /** Waits, however long, to be told which function this is for: the variables, as /proc shows those of a process. */
  async assignment() {
    const answer = await this.#exchange(`GET ${ASSIGNMENT} HTTP/1.1\r\nHost: ${this.#address}\r\n\r\n`);
    if (answer.status !== 200) {
      throw new Error(`the Runtime API answered ${answer.status} to the question for an assignment`);
    }
    return answer.body.toString();
  }

  /** @param {string} body */
  respond(requestId, body) {
    return this.#post(`invocation/${requestId}/response`, 'Content-Type: application/json\r\n', body);
  }

  fail(path, error) {
    const body = JSON.stringify(errors.payload(error));
    const type = errors.category(error);
    return this.#post(path, `Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: ${type}\r\n`, body);
  }

  /** Begins a response sent in chunks; resolves once the platform has taken all of it. */
  stream(requestId, contentType) {
    this.#socket.ref();
    this.#socket.write(
      this.#head(
        `invocation/${requestId}/response`,
        `Content-Type: ${contentType}\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n` +
          'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n' +
          'Transfer-Encoding: chunked\r\n',
      ),
    );
    return {
      write: (bytes, callback) => {
        this.#socket.cork();
        this.#socket.write(`${bytes.length.toString(16)}\r\n`);
        this.#socket.write(bytes);
        this.#socket.write('\r\n', callback);
        this.#socket.uncork();
      },
      end: (trailers = '') => this.#exchange(`0\r\n${trailers}\r\n`).then((answer) => this.#check(answer)),
    };
  }

  #post(path, headers, body) {
    const request = `${this.#head(path, `${headers}Content-Length: ${Buffer.byteLength(body)}\r\n`)}${body}`;
    return this.#exchange(request).then((answer) => this.#check(answer));
  }

  #head(path, headers) {
    return `POST ${BASE}${path} HTTP/1.1\r\nHost: ${this.#address}\r\n${headers}\r\n`;
  }

  // A refused answer (too large, too late) is the platform's to tell its caller; the next event is still ours.
  #check(answer) {
    if (answer.status >= 500) {
      throw new Error(`the Runtime API answered ${answer.status}`);
    }
  }

  #exchange(request) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.ref();
      this.#socket.write(request);
    });
  }

  #received(bytes) {
    this.#unread.push(bytes);
    this.#unreadLength += bytes.length;
    const answer = this.#parse();
    if (answer && this.#waiting) {
      const { resolve } = this.#waiting;
      this.#waiting = null;
      this.#socket.unref();
      resolve(answer);
    }
  }

  #closed(error) {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  #parse() {
    if (this.#expected > this.#unreadLength) {
      return null; // Joined once, when all of a large event is there.
    }
    const bytes = this.#unread.length === 1 ? this.#unread[0] : Buffer.concat(this.#unread);
    this.#unread = [bytes];
    const headLength = bytes.indexOf(HEAD_END);
    if (headLength < 0) {
      return null;
    }
    const lines = bytes.toString('utf8', 0, headLength).split('\r\n');
    const headers = {};
    for (let i = 1; i < lines.length; i++) {
      const colon = lines[i].indexOf(':');
      headers[lines[i].slice(0, colon).toLowerCase()] = lines[i].slice(colon + 1).trim();
    }
    const start = headLength + HEAD_END.length;
    let body;
    if (headers['transfer-encoding']?.toLowerCase() === 'chunked') {
      body = joinChunks(bytes, start);
    } else {
      this.#expected = start + Number(headers['content-length'] || 0);
      body = this.#expected <= bytes.length ? bytes.subarray(start, this.#expected) : null;
    }
    if (body === null) {
      return null;
    }
    this.#expected = 0;
    this.#unread = []; // One request at a time, so nothing follows its answer.
    this.#unreadLength = 0;
    return { status: Number(lines[0].split(' ', 2)[1]), headers, body };
  }
}

/** The body of a chunked answer, or null where its end is still to come. */
function joinChunks(bytes, start) {
  const parts = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) {
      return null;
    }
    const length = parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (length === 0) {
      return bytes.indexOf('\r\n\r\n', at) < 0 ? null : Buffer.concat(parts);
    }
    at = lineEnd + 2 + length + 2;
    if (at > bytes.length) {
      return null;
    }
    parts.push(bytes.subarray(lineEnd + 2, at - 2));
  }
}

module.exports = { RuntimeApi };
