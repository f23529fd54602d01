// Lambda's log lines: what console prints, and the line of an error that nobody caught.
'use strict';

const fs = require('fs');
const { format } = require('util');
const errors = require('./errors.cjs');

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const METHODS = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };

let asJson;
let requestId;
let tenantId;

function setRequest(id, tenant) {
  requestId = id;
  tenantId = tenant;
}

function replaceConsole() {
  asJson = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
  const least = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
  const line = asJson ? jsonLine : textLine;
  for (const [method, level] of Object.entries(METHODS)) {
    console[method] =
      LEVELS.indexOf(level) < least ? () => {} : (...values) => print(line(level, values).replaceAll('\n', '\r') + '\n');
  }
}

function textLine(level, values) {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`;
}

function jsonLine(level, values) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (tenantId) {
    line.tenantId = tenantId;
  }
  if (values.length === 1) {
    try {
      const describe = (_, value) => (value instanceof Error ? described(value) : value);
      return JSON.stringify({ ...line, message: values[0] }, describe);
    } catch {
      return JSON.stringify({ ...line, message: format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...line, message: format(...values), ...(error && described(error)) });
}

function described(error) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
    ...error,
  };
}

function printError(title, error) {
  if (asJson) {
    console.error(error instanceof Error ? error : new Error(error));
  } else {
    console.error(title, `\t${errors.printed(error)}`);
  }
}

/** Writes past process.stdout, which would have to load the modules of sockets and terminals first. */
function print(text) {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        return; // Nobody reads any longer.
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

module.exports = { setRequest, replaceConsole, printError };
