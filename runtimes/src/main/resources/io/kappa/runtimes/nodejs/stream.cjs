// The response of a function that streams it. Loaded by such functions only, for the sake of the others' start.
'use strict';

const { Writable } = require('stream');
const errors = require('./errors.cjs');

class ResponseStream extends Writable {
  #api;
  #requestId;
  #contentType = 'application/octet-stream';
  #prelude = null;
  #response = null; // Opened by the first byte, so that the content type can be set until then.
  #failed = false;

  constructor(api, requestId) {
    super({ decodeStrings: true });
    this.#api = api;
    this.#requestId = requestId;
    /** Settles once the platform has all of the response. */
    this.taken = new Promise((resolve, reject) => this.once('finish', resolve).once('error', reject));
    this.taken.catch(() => {}); // The handler may never look.
  }

  setContentType(contentType) {
    if (this.#response) {
      throw new Error('Cannot set content-type, too late.');
    }
    this.#contentType = contentType;
  }

  setPrelude(prelude) {
    this.#prelude = prelude;
  }

  /** Objects are written as JSON. */
  write(chunk, ...rest) {
    return super.write(typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...rest);
  }

  _write(chunk, _encoding, callback) {
    if (this.#failed) {
      callback(new Error('The response has ended with an error.')); // Its connection carries the next one's bytes by now.
      return;
    }
    this.#open();
    if (chunk.length === 0) {
      callback(); // An empty chunk would end the body.
    } else {
      this.#response.write(chunk, callback);
    }
  }

  _final(callback) {
    this.#open();
    this.#response.end().then(() => callback(), callback);
  }

  /** Ends a response with an error: as an ordinary one where nothing has been sent yet, else in its trailers. */
  async fail(error) {
    if (this.#failed || this.writableFinished) {
      return;
    }
    this.#failed = true;
    if (!this.#response) {
      await this.#api.fail(`invocation/${this.#requestId}/error`, error);
      return;
    }
    const body = Buffer.from(JSON.stringify(errors.payload(error))).toString('base64');
    await this.#response.end(
      `Lambda-Runtime-Function-Error-Type: ${errors.category(error)}\r\nLambda-Runtime-Function-Error-Body: ${body}\r\n`,
    );
  }

  #open() {
    if (!this.#response) {
      this.#response = this.#api.stream(this.#requestId, this.#contentType);
      if (this.#prelude !== null) {
        this.#response.write(Buffer.from(this.#prelude), () => {});
      }
    }
  }
}

module.exports = { ResponseStream };
