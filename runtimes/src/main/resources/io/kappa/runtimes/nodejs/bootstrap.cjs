// Starts the Node.js runtime: finds the handler, then answers one event after the other until the process is killed.
'use strict';

const { Module } = require('module');
const { RuntimeApi } = require('./api.cjs');
const { Invocation } = require('./invocation.cjs');
const errors = require('./errors.cjs');
const logs = require('./logs.cjs');
const { loadHandler } = require('./handler.cjs');

const REHEARSALS = 5;
const PARKED = '_KAPPA_PARKED'; // Set where this process was started before it was known for which function.

const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
let loaded = false; // Whether the handler is there, so that the init phase is over.
let current = null; // The invocation that has begun and not ended.

process.on('uncaughtException', (error) => {
  logs.printError('Uncaught Exception', error);
  crash(error, 129);
});

process.on('unhandledRejection', (reason) => {
  const error = new errors.UnhandledPromiseRejection(reason);
  logs.printError('Unhandled Promise Rejection', error);
  crash(error, 128);
});

// Nothing is left to do, and the socket does not count: either a callback waits for this, or the handler has forgotten to answer.
process.on('beforeExit', () => current?.eventLoopIsEmpty());

function crash(error, exitCode) {
  const exit = () => process.exit(exitCode);
  if (current && !current.answered) {
    current.answered = true;
    api.fail(`invocation/${current.requestId}/error`, error).then(exit, exit);
  } else if (!loaded) {
    api.fail('init/error', error).then(exit, exit);
  } else {
    exit(); // Between two events there is nobody to tell.
  }
}

async function next(handler) {
  const event = await api.next();
  current = new Invocation(api, event, () => {
    current = null;
    next(handler).catch(stop);
  });
  logs.setRequest(current.requestId, event.headers['lambda-runtime-aws-tenant-id']);
  const trace = event.headers['lambda-runtime-trace-id'];
  if (trace) {
    process.env._X_AMZN_TRACE_ID = trace;
  } else {
    delete process.env._X_AMZN_TRACE_ID;
  }
  current.run(handler);
}

function stop(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

/** Makes of this process what it would be had it been started with these variables, in the directory of that function. */
function become(assignment) {
  Object.keys(process.env).forEach((name) => delete process.env[name]);
  for (const variable of assignment.split('\0')) {
    const end = variable.indexOf('=');
    if (end > 0) {
      process.env[variable.slice(0, end)] = variable.slice(end + 1);
    }
  }
  process.chdir(process.env.LAMBDA_TASK_ROOT);
  Module._initPaths(); // Has read NODE_PATH before.
}

/** Does what an assignment will have done, so that it is no longer the first time. Nothing of it is seen afterwards. */
async function rehearse() {
  const here = Object.entries({ ...process.env, LAMBDA_TASK_ROOT: __dirname });
  const assignment = here.map((variable) => variable.join('=')).join('\0');
  for (let i = 0; i < REHEARSALS; i++) {
    become(assignment);
    await loadHandler(__dirname, 'rehearsal.handler');
    delete require.cache[require.resolve('./rehearsal.js')];
    require.cache[require.resolve('./handler.cjs')].children.pop();
  }
}

function run() {
  logs.replaceConsole();
  loadHandler(process.env.LAMBDA_TASK_ROOT || process.cwd(), process.env._HANDLER).then(
    (handler) => {
      loaded = true;
      next(handler).catch(stop);
    },
    (error) => {
      logs.printError('Uncaught Exception', error);
      crash(error, 1);
    },
  );
}

if (process.env[PARKED]) {
  rehearse()
    .then(() => api.assignment())
    .then(become)
    .then(run, stop);
} else {
  run();
}
