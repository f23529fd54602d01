package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.worker.sandbox.Sandbox.Layout;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentVariablesTest {
    private static final EnvironmentName NAME =
            new EnvironmentName("0123", "/aws/lambda/hello", "2026/01/02/[$LATEST]0123");

    private static final Map<String, String> OF_THE_RUNTIME =
            Map.of("PATH", "/usr/bin:/bin", "LANG", "C.UTF-8", "PYTHONPATH", "/var/task");

    @Test
    void tellsExtensionsWhatIsForThem() {
        var ofRuntime = variables(
                Bench.configuration(512, Map.of("STAGE", "test")), FakeSandbox.LAYOUT, "AWS_Lambda_python3.12");
        ofRuntime.put("_KAPPA_LAYERS", "/layers");

        assertThat(EnvironmentVariables.ofExtensions(ofRuntime))
                .containsEntry("STAGE", "test")
                .containsEntry("_KAPPA_LAYERS", "/layers")
                .containsKeys("AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SESSION_TOKEN", "TZ")
                .doesNotContainKeys(
                        "_HANDLER",
                        "AWS_EXECUTION_ENV",
                        "AWS_LAMBDA_LOG_GROUP_NAME",
                        "AWS_LAMBDA_LOG_STREAM_NAME",
                        "AWS_XRAY_CONTEXT_MISSING",
                        "AWS_XRAY_DAEMON_ADDRESS",
                        "_AWS_XRAY_DAEMON_PORT",
                        "LAMBDA_RUNTIME_DIR",
                        "LAMBDA_TASK_ROOT");
    }

    @Test
    void tellsTheRuntimeWhatLambdaTellsIt() {
        var variables = variables(
                Bench.configuration(512, Map.of("STAGE", "test")), FakeSandbox.LAYOUT, "AWS_Lambda_python3.12");

        assertThat(variables)
                .containsEntry("_HANDLER", "app.handler")
                .containsEntry("AWS_REGION", "us-east-1")
                .containsEntry("AWS_DEFAULT_REGION", "us-east-1")
                .containsEntry("AWS_EXECUTION_ENV", "AWS_Lambda_python3.12")
                .containsEntry("AWS_LAMBDA_FUNCTION_NAME", "hello")
                .containsEntry("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
                .containsEntry("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
                .containsEntry("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
                .containsEntry("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/hello")
                .containsEntry("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/02/[$LATEST]0123")
                .containsEntry("AWS_LAMBDA_LOG_FORMAT", "Text")
                .doesNotContainKey("AWS_LAMBDA_LOG_LEVEL")
                .containsEntry("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
                .containsEntry("LAMBDA_TASK_ROOT", "/var/task")
                .containsEntry("LAMBDA_RUNTIME_DIR", "/var/runtime")
                .containsEntry("TZ", ":UTC")
                .containsAllEntriesOf(OF_THE_RUNTIME)
                .containsEntry("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR")
                .containsEntry("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000")
                .containsEntry("STAGE", "test")
                .doesNotContainKeys("TMPDIR", "_X_AMZN_TRACE_ID")
                .containsKeys("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
    }

    @Test
    void theUserOverridesDefaultsAndWhatBelongsToTheRuntime() {
        var own = Map.of("TZ", "Europe/Zurich", "PATH", "/mine", "PYTHONPATH", "/mine/too", "LANG", "C");

        assertThat(variables(Bench.configuration(128, own), FakeSandbox.LAYOUT, ""))
                .containsAllEntriesOf(own);
    }

    @Test
    void theUserDoesNotOverrideWhatIsReserved() {
        var own = Map.of(
                "_HANDLER", "x",
                "AWS_REGION", "x",
                "AWS_LAMBDA_RUNTIME_API", "x",
                "AWS_EXECUTION_ENV", "x",
                "LAMBDA_TASK_ROOT", "x",
                "AWS_ACCESS_KEY_ID", "x",
                "_X_AMZN_TRACE_ID", "x");

        assertThat(variables(Bench.configuration(128, own), FakeSandbox.LAYOUT, ""))
                .doesNotContainValue("x");
    }

    @Test
    void runtimesOfTheFunctionsOwnAreNotNamed() {
        assertThat(variables(Bench.configuration(128, Map.of()), FakeSandbox.LAYOUT, ""))
                .doesNotContainKey("AWS_EXECUTION_ENV");
    }

    @Test
    void aSandboxThatCannotMountTellsWhereThingsAre() {
        var layout = new Layout("/x/code", "/x/runtimes", "/x/tmp", "/opt");

        assertThat(variables(Bench.configuration(128, Map.of()), layout, ""))
                .containsEntry("LAMBDA_TASK_ROOT", "/x/code")
                .containsEntry("LAMBDA_RUNTIME_DIR", "/x/runtimes")
                .containsEntry("TMPDIR", "/x/tmp");
    }

    @Test
    void theJsonLogFormatHasALevel() {
        var text = Bench.configuration(128, Map.of());
        var json = new FunctionConfiguration(
                text.runtime(),
                text.role(),
                text.handler(),
                text.description(),
                text.timeoutSeconds(),
                text.memoryMegabytes(),
                text.ephemeralStorageMegabytes(),
                text.environment(),
                text.architectures(),
                new LoggingConfiguration("JSON", "DEBUG", "INFO", "/aws/lambda/hello"),
                text.tracingMode(),
                null,
                null);

        assertThat(variables(json, FakeSandbox.LAYOUT, ""))
                .containsEntry("AWS_LAMBDA_LOG_FORMAT", "JSON")
                .containsEntry("AWS_LAMBDA_LOG_LEVEL", "DEBUG");
    }

    @Test
    void tellsThatTheEnvironmentIsProvisioned() {
        var configuration = Bench.configuration(128, Map.of("AWS_LAMBDA_INITIALIZATION_TYPE", "x"));

        assertThat(variables(configuration, FakeSandbox.LAYOUT, "", InitializationType.PROVISIONED_CONCURRENCY))
                .containsEntry("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency");
    }

    private static Map<String, String> variables(
            FunctionConfiguration configuration, Layout layout, String executionEnvironment) {
        return variables(configuration, layout, executionEnvironment, InitializationType.ON_DEMAND);
    }

    private static Map<String, String> variables(
            FunctionConfiguration configuration, Layout layout, String executionEnvironment, InitializationType type) {
        var plan = new EnvironmentPlan(
                new EnvironmentKey(Bench.VERSION, 1), Bench.deployment(1, configuration), NAME, type);
        return EnvironmentVariables.of(plan, layout, OF_THE_RUNTIME, executionEnvironment, "127.0.0.1:9001");
    }
}
