package io.kappa.runtimes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.runtimes.RuntimeApiStandIn.Event;
import io.kappa.runtimes.RuntimeApiStandIn.Post;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A function in a real runtime process, which talks to a stand-in for the platform. */
final class FunctionProcess implements AutoCloseable {

    static final String REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
    static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:live";

    /** One search of the machine for all tests. */
    static final InstalledRuntimes RUNTIMES = new InstalledRuntimes(new RuntimeSettings(Path.of("target", "clients")));

    private static final JsonMapper JSON = new JsonMapper();

    private final Beginning beginning;
    private final RuntimeIdentifier runtime;
    private final String handler;
    private final Path taskRoot;
    private final Path output;
    private final Map<String, String> variables = new HashMap<>();
    private final RuntimeApiStandIn api;
    private @Nullable Process process;

    /** How the process begins. */
    enum Beginning {
        /** For its function. */
        STARTED,
        /** Before it is known for which, where its variables allow that. */
        PARKED
    }

    FunctionProcess(Beginning beginning, RuntimeIdentifier runtime, String handler) {
        this.beginning = beginning;
        this.runtime = runtime;
        this.handler = handler;
        try {
            taskRoot = Files.createTempDirectory("kappa-task-").toRealPath();
            output = Files.createTempFile("kappa-output-", ".log");
            api = new RuntimeApiStandIn();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void assumeInstalled(RuntimeIdentifier runtime) {
        assumeThat(RUNTIMES.find(runtime))
                .as("this machine has nothing to run %s with", runtime.wireName())
                .isPresent();
    }

    FunctionProcess file(String path, String content) {
        try {
            var file = taskRoot.resolve(path);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    FunctionProcess variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    FunctionProcess start() throws IOException {
        var installed = RUNTIMES.find(runtime).orElseThrow();
        var layout = RUNTIMES.directory().toString();
        var start = installed.commandLine().start(taskRoot.toString(), layout, "/opt", 256, handler, variables);
        var environment = environment(start);
        var parking =
                installed.parking().filter(possible -> beginning == Beginning.PARKED && possible.allows(variables));
        if (parking.isPresent()) {
            var parked = parking.get().start(taskRoot.toString(), layout, 256);
            var before = new HashMap<>(parked.environment());
            before.put("AWS_LAMBDA_RUNTIME_API", api.address());
            before.put("TZ", ":UTC");
            launch(parked.command(), before, Path.of("/"));
            api.assign(environment);
        } else {
            launch(start.command(), environment, taskRoot);
        }
        return this;
    }

    private void launch(List<String> command, Map<String, String> environment, Path directory) throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        process = builder.start();
    }

    private Map<String, String> environment(InstalledRuntime.Start start) {
        var environment = new HashMap<>(start.environment());
        environment.put("AWS_EXECUTION_ENV", "AWS_Lambda_" + runtime.wireName());
        environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
        environment.put("AWS_LAMBDA_FUNCTION_NAME", "orders");
        environment.put("AWS_LAMBDA_FUNCTION_VERSION", "7");
        environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256");
        environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/orders");
        environment.put("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[7]abc");
        environment.put("LAMBDA_TASK_ROOT", taskRoot.toString());
        environment.put("LAMBDA_RUNTIME_DIR", RUNTIMES.directory().toString());
        environment.put("TZ", ":UTC");
        environment.put("_HANDLER", handler);
        environment.putAll(variables);
        return environment;
    }

    RuntimeApiStandIn api() {
        return api;
    }

    Path taskRoot() {
        return taskRoot;
    }

    /** Gives an event and waits for what becomes of it. */
    Post invoke(String payload) throws InterruptedException {
        return invoke(payload, Map.of());
    }

    Post invoke(String payload, Map<String, String> headers) throws InterruptedException {
        api.give(new Event(REQUEST_ID, payload, headers));
        return api.awaitPost();
    }

    /** The JSON that the function returns. */
    JsonNode result(String payload) throws InterruptedException {
        return result(payload, Map.of());
    }

    JsonNode result(String payload, Map<String, String> headers) throws InterruptedException {
        var post = invoke(payload, headers);
        assertThat(post.path()).as(post.body()).isEqualTo("/2018-06-01/runtime/invocation/" + REQUEST_ID + "/response");
        return json(post);
    }

    /** The JSON of the error that the handler ends with. */
    JsonNode error(String payload) throws InterruptedException {
        var post = invoke(payload);
        assertThat(post.path()).as(post.body()).isEqualTo("/2018-06-01/runtime/invocation/" + REQUEST_ID + "/error");
        return json(post);
    }

    /** The error that keeps the function from its first event. */
    Post initError() throws InterruptedException {
        var post = api.awaitPost();
        assertThat(post.path()).as(post.body()).isEqualTo("/2018-06-01/runtime/init/error");
        return post;
    }

    static JsonNode json(Post post) {
        try {
            return JSON.readTree(post.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + post.body(), e);
        }
    }

    String printed() throws IOException {
        return Files.readString(output);
    }

    int exitCode() throws InterruptedException {
        var running = Objects.requireNonNull(process);
        assertThat(running.waitFor(30, TimeUnit.SECONDS)).as("has ended").isTrue();
        return running.exitValue();
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
        api.close();
        Files.delete(output);
        try (var files = Files.walk(taskRoot)) {
            for (var file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
