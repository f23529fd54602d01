package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/** A synchronous invocation answers with what the function returned, or with the error payload that Lambda would give. */
class InvocationIT {
    private final RunningPlatform platform = RunningPlatform.shared();
    private final LambdaClient lambda = platform.lambda();
    private final Functions functions = new Functions(lambda);

    private static JsonNode json(InvokeResponse response) throws IOException {
        return new ObjectMapper().readTree(response.payload().asUtf8String());
    }

    private static String log(InvokeResponse response) {
        return new String(Base64.getDecoder().decode(response.logResult()), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[1,2.5,null]}", "\"text\"", "1", "null", "[]"})
    void anyJsonValueIsAccepted(String payload) throws IOException {
        var name = functions.python("def handler(event, context):\n    return event\n");

        var response = functions.invoke(name, payload);

        assertThat(response.functionError()).isNull();
        assertThat(json(response)).isEqualTo(new ObjectMapper().readTree(payload));
    }

    @Test
    void whatInvocationsWereBilledAddsUpInTheUsageOfTheirDay() {
        var name = functions.python("def handler(event, context):\n    return 1 / event\n");

        long billed = 0;
        for (var payload : List.of("1", "1", "0")) {
            var report = log(functions.invoke(name, payload));
            billed += Long.parseLong(report.replaceFirst("(?s).*Billed Duration: (\\d+) ms.*", "$1"));
        }

        var page = "/v1/usage?from=2026-01-01&function=arn:aws:lambda:us-east-1:000000000000:function:" + name;
        Waiting.until(
                Duration.ofSeconds(60), () -> total(page).path("invocations").asInt() == 3);
        var used = total(page);
        assertThat(used.path("errors").asInt()).isEqualTo(1);
        assertThat(used.path("coldStarts").asInt()).isEqualTo(1);
        assertThat(used.path("billedMillis").asLong()).isEqualTo(billed);
        assertThat(used.path("cost").decimalValue()).isPositive();
    }

    private JsonNode total(String page) {
        try {
            return new ObjectMapper().readTree(platform.managementPage(page)).path("total");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theTailEndsWithTheReportAndHoldsWhatWasPrinted() {
        var name = functions.python("def handler(event, context):\n    print('seen', event['n'])\n");

        var response = functions.invoke(name, "{\"n\":41}");

        var requestId = response.responseMetadata().requestId();
        assertThat(log(response))
                .contains(
                        "START RequestId: " + requestId + " Version: $LATEST\n",
                        "seen 41\n",
                        "END RequestId: " + requestId + "\n")
                .containsPattern(
                        "REPORT RequestId: " + requestId
                                + "\tDuration: [0-9.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\tInit Duration: [0-9.]+ ms");
    }

    @Test
    void theTailIsTheLast4096Bytes() {
        var name = functions.python("def handler(event, context):\n    print('x' * 10000)\n");

        var response = functions.invoke(name, "{}");

        assertThat(log(response).getBytes(StandardCharsets.UTF_8)).hasSize(4096);
        assertThat(log(response)).contains("REPORT RequestId: ");
    }

    @Test
    void withoutTailNoLogIsAnswered() {
        var name = functions.python("def handler(event, context):\n    return 1\n");

        var response = lambda.invoke(request -> request.functionName(name));

        assertThat(response.logResult()).isNull();
    }

    @Test
    void theContextTellsTheFunctionWhoItIs() throws IOException {
        var name = functions.python("""
                def handler(event, context):
                    return {
                        'arn': context.invoked_function_arn,
                        'request': context.aws_request_id,
                        'name': context.function_name,
                        'version': context.function_version,
                        'memory': context.memory_limit_in_mb,
                        'group': context.log_group_name,
                        'remaining': context.get_remaining_time_in_millis(),
                        'client': context.client_context.custom if context.client_context else None,
                    }
                """);
        var clientContext = Base64.getEncoder()
                .encodeToString("{\"custom\":{\"shop\":\"Zürich\"}}".getBytes(StandardCharsets.UTF_8));

        var response = lambda.invoke(request -> request.functionName(name).clientContext(clientContext));

        var context = json(response);
        assertThat(context.path("arn").asText()).isEqualTo("arn:aws:lambda:us-east-1:000000000000:function:" + name);
        assertThat(context.path("request").asText())
                .isEqualTo(response.responseMetadata().requestId());
        assertThat(context.path("name").asText()).isEqualTo(name);
        assertThat(context.path("version").asText()).isEqualTo("$LATEST");
        assertThat(context.path("memory").asText()).isEqualTo("128");
        assertThat(context.path("group").asText()).isEqualTo("/aws/lambda/" + name);
        assertThat(context.path("remaining").asInt()).isBetween(1, 3000);
        assertThat(context.path("client").path("shop").asText()).isEqualTo("Zürich");
    }

    @Test
    void aPartialAndAFullArnNameTheSameFunction() {
        var name = functions.python("def handler(event, context):\n    return context.function_name\n");

        var partial = lambda.invoke(request -> request.functionName("000000000000:function:" + name));
        var full = lambda.invoke(
                request -> request.functionName("arn:aws:lambda:us-east-1:000000000000:function:" + name + ":$LATEST"));

        assertThat(partial.payload().asUtf8String()).isEqualTo("\"" + name + "\"");
        assertThat(full.payload()).isEqualTo(partial.payload());
    }

    @Test
    void aDryRunChecksAndRunsNothing() {
        var name = functions.python("def handler(event, context):\n    raise SystemExit(1)\n");

        var response = lambda.invoke(request -> request.functionName(name).invocationType("DryRun"));

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.payload().asByteArray()).isEmpty();
    }

    @Test
    void theSameEnvironmentServesTheNextInvocation() throws IOException {
        var name = functions.python(
                "count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count\n");

        assertThat(json(functions.invoke(name, "{}")).asInt()).isEqualTo(1);
        assertThat(json(functions.invoke(name, "{}")).asInt()).isEqualTo(2);
    }

    @Test
    void anExceptionOfTheHandlerIsAFunctionErrorAndTheEnvironmentStays() throws IOException {
        var name = functions.python("""
                count = 0
                def handler(event, context):
                    global count
                    count += 1
                    if event.get('fail'):
                        raise ValueError('boom')
                    return count
                """);

        var failed = functions.invoke(name, "{\"fail\":true}");
        var next = functions.invoke(name, "{}");

        assertThat(failed.statusCode()).isEqualTo(200);
        assertThat(failed.functionError()).isEqualTo("Unhandled");
        assertThat(json(failed).path("errorType").asText()).isEqualTo("ValueError");
        assertThat(json(failed).path("errorMessage").asText()).isEqualTo("boom");
        assertThat(json(failed).path("stackTrace").isArray()).isTrue();
        assertThat(json(next).asInt()).isEqualTo(2);
    }

    @Test
    void afterATimeoutGlobalsAreNewAndTheFilesInTmpAreKept() throws IOException {
        var name = functions.python("""
                import os, time
                count = 0
                path = os.path.join(os.environ.get('TMPDIR', '/tmp'), 'kept')
                def handler(event, context):
                    global count
                    count += 1
                    if event.get('hang'):
                        open(path, 'w').write('here')
                        time.sleep(60)
                    return {'count': count, 'kept': os.path.exists(path)}
                """, request -> request.timeout(1));

        var hung = functions.invoke(name, "{\"hang\":true}");
        var next = functions.invoke(name, "{}");

        assertThat(hung.functionError()).isEqualTo("Unhandled");
        assertThat(json(hung).path("errorType").asText()).isEqualTo("Sandbox.Timedout");
        assertThat(json(hung).path("errorMessage").asText())
                .isEqualTo("RequestId: " + hung.responseMetadata().requestId()
                        + " Error: Task timed out after 1.00 seconds");
        assertThat(log(hung)).contains("\tStatus: timeout");
        assertThat(json(next).path("count").asInt()).isEqualTo(1);
        assertThat(json(next).path("kept").asBoolean()).isTrue();
    }

    @Test
    void aProcessThatEndsIsReportedWithItsStatus() throws IOException {
        var name = functions.python("import os\ndef handler(event, context):\n    os._exit(event['status'])\n");

        var one = functions.invoke(name, "{\"status\":1}");
        var zero = functions.invoke(name, "{\"status\":0}");

        assertThat(json(one).path("errorType").asText()).isEqualTo("Runtime.ExitError");
        assertThat(json(one).path("errorMessage").asText())
                .isEqualTo("RequestId: " + one.responseMetadata().requestId()
                        + " Error: Runtime exited with error: exit status 1");
        assertThat(json(zero).path("errorMessage").asText())
                .isEqualTo("RequestId: " + zero.responseMetadata().requestId()
                        + " Error: Runtime exited without providing a reason");
    }

    @Test
    void aHandlerThatDoesNotExistIsNamed() throws IOException {
        var name = functions.python("def other(event, context):\n    return 1\n");

        var response = functions.invoke(name, "{}");

        assertThat(response.functionError()).isEqualTo("Unhandled");
        assertThat(json(response).path("errorType").asText()).isEqualTo("Runtime.HandlerNotFound");
        assertThat(json(response).path("errorMessage").asText()).isEqualTo("Handler 'handler' missing on module 'app'");
    }

    @Test
    void aModuleThatCannotBeImportedIsNamed() throws IOException {
        var name = functions.python("import nowhere\ndef handler(event, context):\n    return 1\n");

        var response = functions.invoke(name, "{}");

        assertThat(json(response).path("errorType").asText()).isEqualTo("Runtime.ImportModuleError");
        assertThat(json(response).path("errorMessage").asText())
                .isEqualTo("Unable to import module 'app': No module named 'nowhere'");
    }

    @Test
    void aResultOverTheLimitIsAFunctionErrorAndTheEnvironmentStays() throws IOException {
        var name = functions.python("def handler(event, context):\n    return 'x' * event['size']\n");

        var tooLarge = functions.invoke(name, "{\"size\":6291557}");
        var next = functions.invoke(name, "{\"size\":3}");

        assertThat(tooLarge.functionError()).isEqualTo("Unhandled");
        assertThat(json(tooLarge).path("errorType").asText()).isEqualTo("Function.ResponseSizeTooLarge");
        assertThat(json(tooLarge).path("errorMessage").asText())
                .isEqualTo("Response payload size exceeded maximum allowed payload size (6291556 bytes).");
        assertThat(json(next).asText()).isEqualTo("xxx");
    }

    @Test
    void payloadsOfSixMegabytesGoInAndOut() {
        var name = functions.python(
                "def handler(event, context):\n    return event\n",
                request -> request.memorySize(512).timeout(30));
        var payload = "\"" + "é".repeat((6 * 1024 * 1024 - 2) / 2) + "\"";

        var response = lambda.invoke(request -> request.functionName(name).payload(SdkBytes.fromUtf8String(payload)));

        // Python escapes what is not ASCII only when asked to; either way nothing may be cut.
        assertThat(response.functionError()).isNull();
    }

    @Test
    void theEnvironmentOfTheFunctionIsComplete() throws IOException {
        var name = functions.python(
                "import os\ndef handler(event, context):\n    return dict(os.environ)\n",
                request -> request.environment(environment -> environment.variables(Map.of("MINE", "yes"))));

        var environment = json(functions.invoke(name, "{}"));

        assertThat(environment.path("MINE").asText()).isEqualTo("yes");
        assertThat(environment.path("_HANDLER").asText()).isEqualTo("app.handler");
        assertThat(environment.path("AWS_REGION").asText()).isEqualTo("us-east-1");
        assertThat(environment.path("AWS_EXECUTION_ENV").asText()).isEqualTo("AWS_Lambda_python3.13");
        assertThat(environment.path("AWS_LAMBDA_FUNCTION_NAME").asText()).isEqualTo(name);
        assertThat(environment.path("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").asText()).isEqualTo("128");
        assertThat(environment.path("AWS_LAMBDA_INITIALIZATION_TYPE").asText()).isEqualTo("on-demand");
        assertThat(environment.path("AWS_LAMBDA_LOG_GROUP_NAME").asText()).isEqualTo("/aws/lambda/" + name);
        assertThat(environment.path("AWS_LAMBDA_LOG_STREAM_NAME").asText())
                .matches("\\d{4}/\\d{2}/\\d{2}/\\[\\$LATEST][0-9a-f]{32}");
        assertThat(environment.path("TZ").asText()).isEqualTo(":UTC");
    }
}
