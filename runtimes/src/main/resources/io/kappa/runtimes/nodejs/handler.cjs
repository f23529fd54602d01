// Finds the function that a handler's name stands for, in CommonJS or ES modules.
'use strict';

const fs = require('fs');
const path = require('path');
const errors = require('./errors.cjs');

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const TYPESCRIPT = Number(process.versions.node.split('.', 1)[0]) >= 24;

/** What functions that stream their response use. */
globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[STREAMING] = 'response';
    return handler;
  },
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.setPrelude(JSON.stringify(prelude) + '\0'.repeat(8));
      return stream;
    },
  },
};

async function loadHandler(taskRoot, name) {
  if (name.includes('..')) {
    const advice = 'Use absolute paths when specifying root directories in handler names.';
    throw new errors.MalformedHandlerName(`'${name}' is not a valid handler name. ${advice}`);
  }
  const slash = name.lastIndexOf('/') + 1;
  const match = /^([^.]*)\.(.+)$/.exec(name.slice(slash));
  if (!match) {
    throw new errors.MalformedHandlerName('Bad handler');
  }
  const [, moduleName, functionPath] = match;
  const module = await loadModule(taskRoot, name.slice(0, slash), moduleName);
  const handler = functionPath.split('.').reduce((nested, key) => nested?.[key], module);
  if (!handler) {
    throw new errors.HandlerNotFound(`${name} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new errors.HandlerNotFound(`${name} is not a function`);
  }
  if (handler[STREAMING] && handler[STREAMING] !== 'response') {
    throw new errors.MalformedStreamingHandler('Only response streaming is supported.');
  }
  return handler;
}

async function loadModule(taskRoot, folder, name) {
  const file = path.resolve(taskRoot, folder, name);
  try {
    for (const extension of ['', '.js', '.mjs', '.cjs', ...(TYPESCRIPT ? ['.ts', '.mts', '.cts'] : [])]) {
      if (fs.statSync(file + extension, { throwIfNoEntry: false })?.isFile()) {
        return await (isEsModule(file, extension) ? import(file + extension) : require(file + extension));
      }
    }
    return require(require.resolve(name, { paths: [taskRoot, path.join(taskRoot, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new errors.UserCodeSyntaxError(error);
    }
    // ES modules say it otherwise; Lambda lets their error through as it is.
    if (error?.code === 'MODULE_NOT_FOUND') {
      throw new errors.ImportModuleError(error);
    }
    throw error;
  }
}

function isEsModule(file, extension) {
  if (extension === '.mjs' || extension === '.mts') {
    return true;
  }
  return (extension === '.js' || extension === '.ts') && packageType(path.dirname(file)) === 'module';
}

/** The type that the nearest package.json above gives to files without a telling extension. */
function packageType(folder) {
  if (path.basename(folder) === 'node_modules') {
    return undefined;
  }
  const file = path.join(folder, 'package.json');
  if (fs.existsSync(file)) {
    try {
      return JSON.parse(fs.readFileSync(file, 'utf8')).type;
    } catch (error) {
      console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return undefined;
    }
  }
  const parent = path.dirname(folder);
  return parent === folder ? undefined : packageType(parent);
}

module.exports = { loadHandler, STREAMING };
