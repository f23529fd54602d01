// One event on its way through the handler: exactly one answer, whichever of the many ways the handler takes to give it.
'use strict';

const errors = require('./errors.cjs');
const logs = require('./logs.cjs');
const { STREAMING } = require('./handler.cjs');

const ASYNC = Object.getPrototypeOf(async () => {}).constructor;

class Invocation {
  #api;
  #event;
  #done; // Asks for the next event.
  answered = false;
  #whenEmpty = null; // What to do once the event loop is empty.

  constructor(api, event, done) {
    this.#api = api;
    this.#event = event;
    this.#done = done;
    this.requestId = event.headers['lambda-runtime-aws-request-id'];
  }

  run(handler) {
    try {
      const context = this.#context();
      const event = this.#event.body.length === 0 ? {} : JSON.parse(this.#event.body.toString());
      if (handler[STREAMING]) {
        this.#runStreaming(handler, event, context);
        return;
      }
      this.#whenEmpty = () => (handler instanceof ASYNC ? this.#fail(new errors.NodejsExit()) : this.#succeed(null));
      const result = handler(event, context, this.#callback(context));
      if (typeof result?.then === 'function') {
        result.then(
          (value) => this.#succeed(value),
          (error) => this.#fail(error),
        );
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  eventLoopIsEmpty() {
    const then = this.#whenEmpty;
    this.#whenEmpty = null;
    then?.();
  }

  #callback(context) {
    let called = false;
    return (error, result) => {
      if (called) {
        return;
      }
      called = true;
      if (error !== undefined && error !== null) {
        this.#fail(error);
      } else if (context.callbackWaitsForEmptyEventLoop) {
        this.#whenEmpty = () => this.#succeed(result);
      } else {
        this.#succeed(result);
      }
    };
  }

  #context() {
    const { headers } = this.#event;
    const { env } = process;
    const deadline = Number(headers['lambda-runtime-deadline-ms']);
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
      functionName: env.AWS_LAMBDA_FUNCTION_NAME,
      memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
      clientContext: jsonHeader(headers, 'lambda-runtime-client-context'),
      identity: jsonHeader(headers, 'lambda-runtime-cognito-identity'),
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      awsRequestId: this.requestId,
      tenantId: headers['lambda-runtime-aws-tenant-id'],
      getRemainingTimeInMillis: () => deadline - Date.now(),
      succeed: (result) => this.#succeed(result),
      fail: (error) => this.#fail(error ?? 'handled'),
      done: (error, result) => (error !== undefined && error !== null ? this.#fail(error) : this.#succeed(result)),
    };
  }

  #succeed(result) {
    let body;
    try {
      body = JSON.stringify(result === undefined ? null : result) ?? 'null';
    } catch {
      this.#fail(new Error('Unable to stringify response body'));
      return;
    }
    this.#answer(() => this.#api.respond(this.requestId, body));
  }

  #fail(error) {
    this.#answer(() => {
      logs.printError('Invoke Error', error);
      return this.#api.fail(`invocation/${this.requestId}/error`, error);
    });
  }

  /** Only the first answer counts. */
  #answer(post) {
    if (this.answered) {
      return;
    }
    this.answered = true;
    this.#whenEmpty = null;
    post().then(this.#done, this.#done);
  }

  async #runStreaming(handler, event, context) {
    const { ResponseStream } = require('./stream.cjs');
    const stream = new ResponseStream(this.#api, this.requestId);
    this.#whenEmpty = () => stream.fail(new errors.NodejsExit()).then(this.#done, this.#done);
    try {
      await handler(event, stream, context);
      if (!stream.writableEnded) {
        throw new Error('Response stream is not finished.');
      }
      await stream.taken;
    } catch (error) {
      logs.printError('Invoke Error', error);
      await stream.fail(error);
    }
    this.#whenEmpty = null;
    this.#done();
  }
}

function jsonHeader(headers, name) {
  return headers[name] ? JSON.parse(headers[name]) : undefined;
}

module.exports = { Invocation };
