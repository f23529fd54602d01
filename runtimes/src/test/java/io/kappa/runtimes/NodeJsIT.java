package io.kappa.runtimes;

import static io.kappa.runtimes.FunctionProcess.REQUEST_ID;
import static io.kappa.runtimes.FunctionProcess.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.runtimes.FunctionProcess.Beginning;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Beginning.class)
@Timeout(60)
class NodeJsIT extends ClientContract {

    private final Beginning beginning;

    NodeJsIT(Beginning beginning) {
        this.beginning = beginning;
    }

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

    @BeforeAll
    static void nodeJs() {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.NODEJS22_X);
    }

    private FunctionProcess function(String handler) {
        return new FunctionProcess(beginning, RuntimeIdentifier.NODEJS22_X, handler);
    }

    private FunctionProcess function(String handler, String code) {
        return function(handler).file("app.js", code);
    }

    @Override
    FunctionProcess echo() {
        return function("app.handler", "exports.handler = async (event) => event;");
    }

    @Override
    FunctionProcess silent() {
        return function("app.handler", "exports.handler = async () => {};");
    }

    @Test
    void answersOneEventAfterTheOtherOverOneConnection() throws Exception {
        try (var function = function("app.handler", """
                let count = 0;
                exports.handler = async (event) => ({ count: ++count, event });
                """).start()) {
            assertThat(function.invoke("{\"a\": [1, 2.5, null, \"é\"]}").body())
                    .isEqualTo("{\"count\":1,\"event\":{\"a\":[1,2.5,null,\"é\"]}}");
            assertThat(function.invoke("\"text\"").body()).isEqualTo("{\"count\":2,\"event\":\"text\"}");
            assertThat(function.api().connections()).isEqualTo(1);
        }
    }

    @Test
    void loadsEsModulesByTheirExtensionOrPackage() throws Exception {
        var code = "import fs from 'node:fs'; export const handler = async () => typeof fs.readFileSync;";
        try (var function = function("app.handler").file("app.mjs", code).start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("\"function\"");
        }
        try (var function = function("src/app.handler")
                .file("src/app.js", code)
                .file("package.json", "{\"type\": \"module\"}")
                .start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("\"function\"");
        }
    }

    @Test
    void loadsCommonJsByItsExtensionInsideAnEsPackage() throws Exception {
        try (var function = function("app.handler")
                .file("app.cjs", "exports.handler = async () => typeof require;")
                .file("package.json", "{\"type\": \"module\"}")
                .start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("\"function\"");
        }
    }

    @Test
    void findsHandlersInFoldersAndInsideOfObjects() throws Exception {
        try (var function = function("lib/app.orders.create")
                .file("lib/app.js", "exports.orders = { create: async () => __filename };")
                .start()) {
            assertThat(function.result("{}").asText()).isEqualTo(function.taskRoot() + "/lib/app.js");
        }
    }

    @Test
    void findsHandlersInPackagesOfTheFunction() throws Exception {
        try (var function = function("orders.handler")
                .file("node_modules/orders/index.js", "exports.handler = async () => 'packaged';")
                .start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("\"packaged\"");
        }
    }

    @Test
    void tellsTheHandlerItsContext() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = async (event, c) => [
                  c.functionName, c.functionVersion, c.invokedFunctionArn, c.memoryLimitInMB, c.awsRequestId, c.logGroupName,
                  c.logStreamName, c.identity, c.clientContext, c.tenantId, process.env._X_AMZN_TRACE_ID,
                  c.getRemainingTimeInMillis() > 0 && c.getRemainingTimeInMillis() <= 60000];
                """).start()) {
            var headers = Map.of(
                    "Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1",
                    "Lambda-Runtime-Client-Context", "{\"custom\":{\"é\":\"1\"}}",
                    "Lambda-Runtime-Cognito-Identity", "{\"cognitoIdentityId\":\"i\",\"cognitoIdentityPoolId\":\"p\"}",
                    "Lambda-Runtime-Aws-Tenant-Id", "blue");
            assertThat(function.invoke("{}", headers).body())
                    .isEqualTo("[\"orders\",\"7\",\"" + FunctionProcess.ARN + "\",\"256\",\"" + REQUEST_ID
                            + "\",\"/aws/lambda/orders\",\"2026/01/01/[7]abc\","
                            + "{\"cognitoIdentityId\":\"i\",\"cognitoIdentityPoolId\":\"p\"},{\"custom\":{\"é\":\"1\"}},\"blue\","
                            + "\"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1\",true]");
            assertThat(function.invoke("{}").body()).endsWith(",null,null,null,null,true]");
        }
    }

    @Test
    void waitsForAnEmptyEventLoopBeforeACallbacksAnswer() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = (event, context, callback) => {
                  setTimeout(() => console.log('late'), 20);
                  callback(null, 'answer');
                  callback(null, 'too much');
                };
                """).start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("\"answer\"");
            assertThat(function.printed()).matches(TIME + "\t" + REQUEST_ID + "\tINFO\tlate\n");
            assertThat(function.invoke("{}").body()).isEqualTo("\"answer\"");
        }
    }

    @Test
    void answersACallbackAtOnceWhereItIsToldTo() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = (event, context, callback) => {
                  context.callbackWaitsForEmptyEventLoop = false;
                  setInterval(() => {}, 1000);
                  callback(null, 'answer');
                };
                """).start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("\"answer\"");
            assertThat(function.invoke("{}").body()).isEqualTo("\"answer\"");
        }
    }

    @Test
    void takesAnErrorFromACallback() throws Exception {
        try (var function = function(
                        "app.handler", "exports.handler = (e, c, callback) => callback(new RangeError('far'));")
                .start()) {
            assertThat(function.error("{}").path("errorType").asText()).isEqualTo("RangeError");
        }
    }

    @Test
    void takesAnswersFromTheContext() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = (event, context) => setTimeout(() => {
                  if (event === 1) context.succeed('yes');
                  if (event === 2) context.fail('no');
                  if (event === 3) context.done(null, 'done');
                }, 1);
                """).start()) {
            assertThat(function.invoke("1").body()).isEqualTo("\"yes\"");
            assertThat(function.error("2"))
                    .hasToString("{\"errorType\":\"string\",\"errorMessage\":\"no\",\"trace\":[]}");
            assertThat(function.invoke("3").body()).isEqualTo("\"done\"");
        }
    }

    @Test
    void answersNullForAHandlerThatForgetsItsCallback() throws Exception {
        try (var function =
                function("app.handler", "exports.handler = (event) => 'lost';").start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("null");
            assertThat(function.invoke("{}").body()).isEqualTo("null");
        }
    }

    @Test
    void reportsAPromiseThatIsNeverSettled() throws Exception {
        try (var function = function("app.handler", "exports.handler = async () => new Promise(() => {});")
                .start()) {
            assertThat(function.error("{}").path("errorType").asText()).isEqualTo("Runtime.NodejsExit");
            assertThat(function.error("{}").path("errorType").asText()).isEqualTo("Runtime.NodejsExit");
        }
    }

    @Test
    void reportsAnErrorWithItsTraceAndGoesOn() throws Exception {
        try (var function = function("app.handler", "exports.handler = async () => { throw new TypeError('boom'); };")
                .start()) {
            var post = function.invoke("{}");
            assertThat(post.body())
                    .startsWith(
                            "{\"errorType\":\"TypeError\",\"errorMessage\":\"boom\",\"trace\":[\"TypeError: boom\",\"    at ")
                    .contains(function.taskRoot() + "/app.js:1:");
            assertThat(post.headers()).containsEntry("lambda-runtime-function-error-type", "Function.TypeError");
            assertThat(function.printed())
                    .matches(
                            TIME + "\t" + REQUEST_ID + "\tERROR\tInvoke Error \t"
                                    + "\\{\"errorType\":\"TypeError\",\"errorMessage\":\"boom\",\"stack\":\\[\"TypeError: boom\".*]}\n");
            assertThat(function.error("{}").path("errorType").asText()).isEqualTo("TypeError");
        }
    }

    @Test
    void printsLinesInLambdasTextFormat() throws Exception {
        try (var function = function("app.handler", """
                console.log('loading');
                exports.handler = async () => {
                  console.info('a %s', 'word', { b: 1 });
                  console.warn('two\\nlines');
                  console.error('e');
                  console.debug('d');
                  process.stdout.write('raw\\n');
                };
                """).start()) {
            function.invoke("{}");
            assertThat(function.printed())
                    .matches(TIME + "\tundefined\tINFO\tloading\n" + TIME + "\t" + REQUEST_ID
                            + "\tINFO\ta word \\{ b: 1 \\}\n" + TIME
                            + "\t" + REQUEST_ID + "\tWARN\ttwo\rlines\n" + TIME + "\t" + REQUEST_ID + "\tERROR\te\n"
                            + TIME + "\t"
                            + REQUEST_ID + "\tDEBUG\td\nraw\n");
        }
    }

    @Test
    void logsJsonWhereTheFunctionIsConfiguredSo() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = async () => {
                  console.debug('unheard');
                  console.info({ order: 5 });
                  console.warn('failed', new TypeError('boom'));
                };
                """)
                .variable("AWS_LAMBDA_LOG_FORMAT", "JSON")
                .variable("AWS_LAMBDA_LOG_LEVEL", "INFO")
                .start()) {
            function.invoke("{}");
            assertThat(function.printed().lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .endsWith("\"level\":\"INFO\",\"requestId\":\"" + REQUEST_ID
                                            + "\",\"message\":{\"order\":5}}"),
                            line -> assertThat(line)
                                    .contains("\"level\":\"WARN\"")
                                    .contains(
                                            "\"errorType\":\"TypeError\",\"errorMessage\":\"boom\",\"stackTrace\":["));
        }
    }

    @Test
    void endsAfterAnExceptionThatNobodyCaught() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = async () => {
                  setTimeout(() => { throw new Error('stray'); });
                  await new Promise((resolve) => setTimeout(resolve, 60000));
                };
                """).start()) {
            assertThat(function.error("{}").path("errorMessage").asText()).isEqualTo("stray");
            assertThat(function.exitCode()).isEqualTo(129);
        }
    }

    @Test
    void endsAfterARejectionThatNobodyHandled() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = async () => {
                  Promise.reject(new Error('lost'));
                  await new Promise((resolve) => setTimeout(resolve, 60000));
                };
                """).start()) {
            var error = function.error("{}");
            assertThat(error.path("errorType").asText()).isEqualTo("Runtime.UnhandledPromiseRejection");
            assertThat(error.path("errorMessage").asText()).isEqualTo("Error: lost");
            assertThat(function.exitCode()).isEqualTo(128);
        }
    }

    @Test
    void reportsAHandlerThatIsMissing() throws Exception {
        try (var function = function("app.h", "exports.handler = 1;").start()) {
            var post = function.initError();
            assertThat(json(post).path("errorType").asText()).isEqualTo("Runtime.HandlerNotFound");
            assertThat(json(post).path("errorMessage").asText()).isEqualTo("app.h is undefined or not exported");
            assertThat(post.headers()).containsEntry("lambda-runtime-function-error-type", "Runtime.HandlerNotFound");
            assertThat(function.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void reportsAHandlerThatIsNoFunction() throws Exception {
        try (var function = function("app.handler", "exports.handler = 1;").start()) {
            assertThat(json(function.initError()).path("errorMessage").asText())
                    .isEqualTo("app.handler is not a function");
        }
    }

    @Test
    void reportsAHandlerNameThatIsNone() throws Exception {
        try (var function = function("x").start()) {
            var error = json(function.initError());
            assertThat(error.path("errorType").asText()).isEqualTo("Runtime.MalformedHandlerName");
            assertThat(error.path("errorMessage").asText()).isEqualTo("Bad handler");
        }
    }

    @Test
    void reportsASyntaxError() throws Exception {
        try (var function =
                function("app.handler", "exports.handler = async ( => 1;").start()) {
            var error = json(function.initError());
            assertThat(error.path("errorType").asText()).isEqualTo("Runtime.UserCodeSyntaxError");
            assertThat(error.path("errorMessage").asText()).startsWith("SyntaxError: ");
        }
    }

    @Test
    void reportsAModuleThatIsMissing() throws Exception {
        try (var function = function("gone.handler").start()) {
            var error = json(function.initError());
            assertThat(error.path("errorType").asText()).isEqualTo("Runtime.ImportModuleError");
            assertThat(error.path("errorMessage").asText()).startsWith("Error: Cannot find module 'gone'\n");
        }
    }

    @Test
    void reportsWhatAModuleThrowsWhileItLoads() throws Exception {
        try (var function =
                function("app.handler", "throw new RangeError('no');").start()) {
            assertThat(json(function.initError()).path("errorType").asText()).isEqualTo("RangeError");
        }
    }

    @Test
    void reportsAResultThatIsNoJson() throws Exception {
        try (var function = function("app.handler", "exports.handler = async () => ({ big: 1n });")
                .start()) {
            var error = function.error("{}");
            assertThat(error.path("errorType").asText()).isEqualTo("Error");
            assertThat(error.path("errorMessage").asText()).isEqualTo("Unable to stringify response body");
        }
    }

    @Test
    void endsWithTheProcessWhereTheHandlerExits() throws Exception {
        try (var function = function("app.handler", "exports.handler = async () => process.exit(3);")
                .start()) {
            function.api().give(new RuntimeApiStandIn.Event(REQUEST_ID, "", Map.of()));
            assertThat(function.exitCode()).isEqualTo(3);
        }
    }

    @Test
    void streamsAResponseWithThePreludeOfHttp() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
                  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
                  stream.write('one ');
                  await new Promise((resolve) => setTimeout(resolve, 5));
                  stream.write('two');
                  stream.end();
                });
                """).start()) {
            var post = function.invoke("{}");
            assertThat(post.path()).endsWith("/response");
            assertThat(post.body()).isEqualTo("{\"statusCode\":201}" + "\0".repeat(8) + "one two");
            assertThat(post.headers())
                    .containsEntry("lambda-runtime-function-response-mode", "streaming")
                    .containsEntry("content-type", "application/vnd.awslambda.http-integration-response");
            assertThat(post.trailers()).isEmpty();
            assertThat(function.invoke("{}").body()).endsWith("one two");
        }
    }

    @Test
    void tellsInTrailersWhatBrokeAStream() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = awslambda.streamifyResponse(async (event, stream) => {
                  stream.write('one');
                  await new Promise((resolve) => setTimeout(resolve, 5));
                  throw new TypeError('midway');
                });
                """).start()) {
            var post = function.invoke("{}");
            assertThat(post.body()).isEqualTo("one");
            assertThat(post.trailers()).containsEntry("lambda-runtime-function-error-type", "Function.TypeError");
            var body = Base64.getDecoder().decode(post.trailers().get("lambda-runtime-function-error-body"));
            assertThat(new String(body, StandardCharsets.UTF_8))
                    .startsWith("{\"errorType\":\"TypeError\",\"errorMessage\":\"midway\",\"trace\":[");
            assertThat(function.invoke("{}").body()).isEqualTo("one");
        }
    }

    @Test
    void reportsAnErrorThatComesBeforeTheFirstByteOfAStream() throws Exception {
        try (var function = function("app.handler", """
                exports.handler = awslambda.streamifyResponse(async () => { throw new TypeError('early'); });
                """).start()) {
            assertThat(function.error("{}").path("errorMessage").asText()).isEqualTo("early");
        }
    }
}
