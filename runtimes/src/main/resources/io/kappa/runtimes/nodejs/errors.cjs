// Errors of the runtime's own, and the shapes in which errors are reported and printed.
'use strict';

class HandlerNotFound extends Error {}
class MalformedHandlerName extends Error {}
class ImportModuleError extends Error {}
class UserCodeSyntaxError extends Error {}
class MalformedStreamingHandler extends Error {}
class NodejsExit extends Error {
  constructor() {
    super(
      'The Lambda runtime client detected an unexpected Node.js exit code. ' +
        'This is most commonly caused by a Promise that was never settled.',
    );
  }
}
class UnhandledPromiseRejection extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

const own = {
  HandlerNotFound,
  MalformedHandlerName,
  ImportModuleError,
  UserCodeSyntaxError,
  MalformedStreamingHandler,
  NodejsExit,
  UnhandledPromiseRejection,
};
for (const type of Object.values(own)) {
  type.prototype.name = `Runtime.${type.name}`;
}

/** Whether it can be read like an Error, even one of another realm. */
function isError(value) {
  return (
    value instanceof Error ||
    (value && typeof value.name === 'string' && typeof value.message === 'string' && typeof value.stack === 'string')
  );
}

/** What the caller of the function sees. */
function payload(error) {
  try {
    if (isError(error)) {
      return { errorType: error.name, errorMessage: error.message, trace: error.stack.split('\n') };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return { errorType: 'handled', errorMessage: 'the error cannot be read', trace: [] };
  }
}

/** The error's type as the platform's own records accept it. */
function category(error) {
  const name = isError(error) ? String(error.name) : '';
  if (/^Runtime\.[A-Z][A-Za-z]+$/.test(name)) {
    return name;
  }
  return /^[A-Z][A-Za-z]+$/.test(name) ? `Function.${name}` : 'Function.Unknown';
}

/** The JSON that Lambda prints for an error that nobody caught: what is visible of it, and its stack as lines. */
function printed(error) {
  const shown = error instanceof Error ? error : new Error(error);
  try {
    return JSON.stringify(shown, (_, value) => (value instanceof Error ? withHiddenMembers(value) : value));
  } catch {
    return JSON.stringify(payload(error));
  }
}

function withHiddenMembers(error) {
  const members = { errorType: error.name, errorMessage: error.message, code: error.code, ...error };
  if (typeof error.stack === 'string') {
    members.stack = error.stack.split('\n');
  }
  return members;
}

module.exports = { ...own, payload, category, printed };
