package io.kappa.runtimes;

import static io.kappa.runtimes.FunctionProcess.REQUEST_ID;
import static io.kappa.runtimes.FunctionProcess.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.runtimes.FunctionProcess.Beginning;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Beginning.class)
@Timeout(60)
class PythonIT extends ClientContract {

    private final Beginning beginning;

    PythonIT(Beginning beginning) {
        this.beginning = beginning;
    }

    @BeforeAll
    static void python() {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.PYTHON3_13);
    }

    private FunctionProcess function(String handler) {
        return new FunctionProcess(beginning, RuntimeIdentifier.PYTHON3_13, handler);
    }

    private FunctionProcess function(String handler, String code) {
        return function(handler).file("app.py", code);
    }

    @Override
    FunctionProcess echo() {
        return function("app.handler", "def handler(event, context): return event");
    }

    @Override
    FunctionProcess silent() {
        return function("app.handler", "def handler(event, context): pass");
    }

    @Test
    void answersOneEventAfterTheOtherOverOneConnection() throws Exception {
        try (var function = function("app.handler", """
                count = 0
                def handler(event, context):
                    global count
                    count += 1
                    return {"count": count, "event": event}
                """).start()) {
            assertThat(function.result("{\"a\": [1, 2.5, null, \"é\"]}"))
                    .hasToString("{\"count\":1,\"event\":{\"a\":[1,2.5,null,\"é\"]}}");
            assertThat(function.result("\"text\"")).hasToString("{\"count\":2,\"event\":\"text\"}");
            assertThat(function.api().connections()).isEqualTo(1);
        }
    }

    @Test
    void writesJsonAsPythonDoes() throws Exception {
        try (var function = function("app.handler", """
                from decimal import Decimal
                def handler(event, context):
                    return {"a": (1, 1.0, Decimal("2"), Decimal("2.5")), 3: "é"}
                """).start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("{\"a\": [1, 1.0, 2, 2.5], \"3\": \"é\"}");
        }
    }

    @Test
    void writesOnlyAsciiBeforePython312() throws Exception {
        try (var function = new FunctionProcess(beginning, RuntimeIdentifier.PYTHON3_11, "app.handler")
                .file("app.py", "def handler(event, context): return 'é'")
                .start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("\"\\u00e9\"");
        }
    }

    @Test
    void takesAnEmptyPayloadForAnEmptyObject() throws Exception {
        try (var function = function("app.handler", "def handler(event, context): return event")
                .start()) {
            assertThat(function.invoke("").body()).isEqualTo("{}");
        }
    }

    @Test
    void findsHandlersInPackages() throws Exception {
        for (var handler : new String[] {"pkg/sub/app.handler", "pkg.sub.app.handler"}) {
            try (var function = function(handler)
                    .file("pkg/sub/app.py", "def handler(event, context): return __name__")
                    .start()) {
                assertThat(function.result("{}")).hasToString("\"pkg.sub.app\"");
            }
        }
    }

    @Test
    void tellsTheHandlerItsContext() throws Exception {
        try (var function = function("app.handler", """
                import os
                def handler(event, c):
                    assert 0 < c.get_remaining_time_in_millis() <= 60000
                    client = c.client_context
                    return [c.function_name, c.function_version, c.invoked_function_arn, c.memory_limit_in_mb, c.aws_request_id,
                            c.log_group_name, c.log_stream_name, c.identity.cognito_identity_id, c.identity.cognito_identity_pool_id,
                            client and [client.custom, client.env, client.client.app_title], c.tenant_id,
                            os.environ.get("_X_AMZN_TRACE_ID")]
                """).start()) {
            var headers = Map.of(
                    "Lambda-Runtime-Trace-Id",
                            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
                    "Lambda-Runtime-Client-Context",
                            "{\"client\":{\"app_title\":\"shop\"},\"custom\":{\"é\":\"1\"},\"env\":{\"locale\":\"de\"}}",
                    "Lambda-Runtime-Cognito-Identity", "{\"cognitoIdentityId\":\"i\",\"cognitoIdentityPoolId\":\"p\"}",
                    "Lambda-Runtime-Aws-Tenant-Id", "blue");
            assertThat(function.result("{}", headers))
                    .hasToString("[\"orders\",\"7\",\"" + FunctionProcess.ARN + "\",\"256\",\"" + REQUEST_ID
                            + "\",\"/aws/lambda/orders\",\"2026/01/01/[7]abc\",\"i\",\"p\","
                            + "[{\"é\":\"1\"},{\"locale\":\"de\"},\"shop\"],\"blue\","
                            + "\"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1\"]");
            assertThat(function.result("{}").toString()).endsWith(",null,null,null,null,null]");
        }
    }

    @Test
    void reportsAnExceptionWithItsTraceAndGoesOn() throws Exception {
        try (var function = function("app.handler", """
                def handler(event, context):
                    raise ValueError("boom")
                """).start()) {
            var post = function.invoke("{}");
            assertThat(post.body())
                    .isEqualTo(
                            "{\"errorMessage\": \"boom\", \"errorType\": \"ValueError\", \"requestId\": \"" + REQUEST_ID
                                    + "\", \"stackTrace\": [\"  File \\\"" + function.taskRoot()
                                    + "/app.py\\\", line 2, in handler\\n    raise ValueError(\\\"boom\\\")\\n\"]}");
            assertThat(post.headers()).containsEntry("lambda-runtime-function-error-type", "Function.ValueError");
            assertThat(function.printed())
                    .startsWith("[ERROR] ValueError: boom\nTraceback (most recent call last):\n")
                    .contains("app.py\", line 2, in handler\n")
                    .endsWith("raise ValueError(\"boom\")\n");
            assertThat(function.error("{}").path("errorType").asText()).isEqualTo("ValueError");
        }
    }

    @Test
    void printsBeforeItAnswers() throws Exception {
        try (var function = function("app.handler", """
                import sys
                def handler(event, context):
                    print("out")
                    print("err", file=sys.stderr)
                    sys.stdout.write("no newline é")
                """).start()) {
            function.invoke("{}");
            assertThat(function.printed()).isEqualTo("out\nerr\nno newline é");
        }
    }

    @Test
    void logsInLambdasTextFormatFromWarningsOn() throws Exception {
        try (var function = function("app.handler", """
                import logging
                logging.getLogger("app").warning("while loading")
                def handler(event, context):
                    logging.info("unheard")
                    logging.warning("two %s", "words")
                    logging.getLogger().setLevel(logging.INFO)
                    logging.getLogger("app").info("heard")
                """).start()) {
            function.invoke("{}");
            var time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
            assertThat(function.printed())
                    .matches("\\[WARNING]\t" + time + "\t\twhile loading\n" + "\\[WARNING]\t" + time + "\t" + REQUEST_ID
                            + "\ttwo words\n" + "\\[INFO]\t" + time + "\t" + REQUEST_ID + "\theard\n");
        }
    }

    @Test
    void logsJsonWhereTheFunctionIsConfiguredSo() throws Exception {
        try (var function = function("app.handler", """
                import logging
                def handler(event, context):
                    logging.debug("unheard")
                    logging.info("heard", extra={"order": 5})
                    raise KeyError("k")
                """)
                .variable("AWS_LAMBDA_LOG_FORMAT", "JSON")
                .variable("AWS_LAMBDA_LOG_LEVEL", "INFO")
                .start()) {
            function.invoke("{}");
            assertThat(function.printed().lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith("{\"timestamp\": \"")
                                    .endsWith(
                                            "\"level\": \"INFO\", \"message\": \"heard\", \"logger\": \"root\", \"requestId\": \""
                                                    + REQUEST_ID + "\", \"order\": 5}"),
                            line -> assertThat(line)
                                    .contains(
                                            "\"level\": \"ERROR\", \"errorMessage\": \"'k'\", \"errorType\": \"KeyError\""));
        }
    }

    @Test
    void reportsAModuleThatIsMissing() throws Exception {
        try (var function = function("gone.handler").start()) {
            assertThat(function.initError().body())
                    .isEqualTo(
                            "{\"errorMessage\": \"Unable to import module 'gone': No module named 'gone'\","
                                    + " \"errorType\": \"Runtime.ImportModuleError\", \"requestId\": \"\", \"stackTrace\": []}");
            assertThat(function.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void namesTheKindOfAnInitErrorInItsHeader() throws Exception {
        try (var function = function("app.handler", "import nothing_like_this").start()) {
            assertThat(function.initError().headers())
                    .containsEntry("lambda-runtime-function-error-type", "Runtime.ImportModuleError");
        }
    }

    @Test
    void reportsAHandlerThatIsMissing() throws Exception {
        try (var function = function("app.h", "").start()) {
            assertThat(json(function.initError()))
                    .hasToString("{\"errorMessage\":\"Handler 'h' missing on module 'app'\","
                            + "\"errorType\":\"Runtime.HandlerNotFound\",\"requestId\":\"\",\"stackTrace\":[]}");
        }
    }

    @Test
    void reportsAHandlerNameThatIsNone() throws Exception {
        try (var function = function("x").start()) {
            assertThat(json(function.initError()))
                    .hasToString(
                            "{\"errorMessage\":\"Bad handler 'x': not enough values to unpack (expected 2, got 1)\","
                                    + "\"errorType\":\"Runtime.MalformedHandlerName\",\"requestId\":\"\",\"stackTrace\":[]}");
        }
    }

    @Test
    void reportsASyntaxError() throws Exception {
        try (var function = function("app.handler", "def handler(:\n").start()) {
            var error = json(function.initError());
            assertThat(error.path("errorType").asText()).isEqualTo("Runtime.UserCodeSyntaxError");
            assertThat(error.path("errorMessage").asText()).startsWith("Syntax error in module 'app': invalid syntax");
            assertThat(error.path("stackTrace").path(0).asText()).contains("app.py\" Line 1\n    def handler(:");
        }
    }

    @Test
    void reportsWhatAModuleRaisesWhileItLoads() throws Exception {
        try (var function = function("app.handler", "raise RuntimeError('no')").start()) {
            var error = json(function.initError());
            assertThat(error.path("errorType").asText()).isEqualTo("RuntimeError");
            assertThat(error.path("requestId").asText()).isEmpty();
            assertThat(error.path("stackTrace").path(0).asText())
                    .endsWith("app.py\", line 1, in <module>\n    raise RuntimeError('no')\n");
            assertThat(function.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void reportsAResultThatIsNoJson() throws Exception {
        try (var function = function("app.handler", "def handler(event, context): return {1}")
                .start()) {
            assertThat(function.error("{}"))
                    .hasToString(
                            "{\"errorMessage\":\"Unable to marshal response: Object of type set is not JSON serializable\","
                                    + "\"errorType\":\"Runtime.MarshalError\",\"requestId\":\"" + REQUEST_ID
                                    + "\",\"stackTrace\":[]}");
        }
    }

    @Test
    void reportsAnEventThatIsNoJson() throws Exception {
        try (var function =
                function("app.handler", "def handler(event, context): pass").start()) {
            var error = function.error("{");
            assertThat(error.path("errorType").asText()).isEqualTo("Runtime.UnmarshalError");
            assertThat(error.path("errorMessage").asText())
                    .startsWith("Unable to unmarshal input: Expecting property name");
        }
    }

    @Test
    void endsWithTheProcessWhereTheHandlerExits() throws Exception {
        try (var function = function("app.handler", "import sys\ndef handler(event, context): sys.exit(3)")
                .start()) {
            function.api().give(new RuntimeApiStandIn.Event(REQUEST_ID, "", Map.of()));
            assertThat(function.exitCode()).isEqualTo(3);
        }
    }

    @Test
    void endsWhereThePlatformIsBroken() throws Exception {
        try (var function = function("app.handler", "def handler(event, context): return event")
                .start()) {
            function.api().answerPostsWith("500 Internal Server Error");
            function.invoke("1");
            assertThat(function.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void putsTheFunctionsOwnModulesBeforeAllOthers() throws Exception {
        try (var function = function("app.handler", """
                import sys, json
                def handler(event, context):
                    return [sys.path[0], json.mine]
                """)
                .file("json/__init__.py", "mine = 1")
                .start()) {
            assertThat(function.result("{}")).hasToString("[\"" + function.taskRoot() + "\",1]");
        }
    }

    @Test
    void runsOnEveryVersionInstalledHere() throws IOException, InterruptedException {
        for (var runtime : RuntimeIdentifier.values()) {
            if (runtime.wireName().startsWith("python3")
                    && FunctionProcess.RUNTIMES.find(runtime).isPresent()) {
                try (var function = new FunctionProcess(beginning, runtime, "app.handler")
                        .file(
                                "app.py",
                                "import logging\ndef handler(event, context):\n  logging.warning('w')\n  return event['a'][1]")
                        .start()) {
                    assertThat(function.result("{\"a\": [null, {\"b\": 0.5}]}"))
                            .as(runtime.wireName())
                            .hasToString("{\"b\":0.5}");
                    assertThat(function.printed()).as(runtime.wireName()).contains("\t" + REQUEST_ID + "\tw");
                }
            }
        }
    }
}
