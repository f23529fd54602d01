package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.PublishVersionResponse;
import software.amazon.awssdk.services.lambda.model.Runtime;
import software.amazon.awssdk.services.lambda.model.SnapStartApplyOn;
import software.amazon.awssdk.services.lambda.model.SnapStartNotReadyException;
import software.amazon.awssdk.services.lambda.model.SnapStartOptimizationStatus;
import software.amazon.awssdk.services.lambda.model.State;

/** Published versions of functions with SnapStart start from a snapshot, with the AWS SDK as on Lambda. */
class SnapStartIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Says what its init drew, and which hooks have run. Takes a while, so that two run at once, and longer for its init, to be seen Pending. */
    private static final String PYTHON = """
            import time, uuid
            from snapshot_restore_py import register_before_snapshot, register_after_restore
            print('init runs')
            time.sleep(1.5)
            drawn = uuid.uuid4().hex
            told = []
            register_before_snapshot(told.append, 'before')
            register_after_restore(told.append, 'after')
            def handler(event, context):
                time.sleep(0.5)
                return {'drawn': drawn, 'told': told}
            """;

    private static final String JAVA = """
            import com.amazonaws.services.lambda.crac.Context;
            import com.amazonaws.services.lambda.crac.Core;
            import com.amazonaws.services.lambda.crac.Resource;
            import java.util.ArrayList;
            import java.util.List;
            import java.util.Map;
            import java.util.UUID;

            public class Restored implements Resource {
                private final List<String> told = new ArrayList<>();
                private final String drawn = UUID.randomUUID().toString();

                public Restored() {
                    System.out.println("init runs");
                    java.util.concurrent.locks.LockSupport.parkNanos(1_500_000_000L);
                    Core.getGlobalContext().register(this);
                }

                @Override
                public void beforeCheckpoint(Context<? extends Resource> context) {
                    told.add("before");
                }

                @Override
                public void afterRestore(Context<? extends Resource> context) {
                    told.add("after");
                }

                public Object handleRequest(Object event) {
                    java.util.concurrent.locks.LockSupport.parkNanos(500_000_000L);
                    return Map.of("drawn", drawn, "told", told);
                }
            }
            """;

    @TempDir
    private Path directory;

    private final RunningPlatform platform = RunningPlatform.shared();
    private final LambdaClient lambda = platform.lambda();
    private final Functions functions = new Functions(lambda);

    private String create(Runtime runtime, String handler, DeploymentPackage code) {
        try {
            return functions.create(
                    runtime,
                    handler,
                    code,
                    request -> request.memorySize(512)
                            .timeout(10)
                            .snapStart(snapStart -> snapStart.applyOn(SnapStartApplyOn.PUBLISHED_VERSIONS)));
        } catch (InvalidParameterValueException e) {
            return abort("no snapshots here: " + e.getMessage());
        }
    }

    private PublishVersionResponse publish(String name) {
        return lambda.publishVersion(request -> request.functionName(name));
    }

    private GetFunctionConfigurationResponse version(String name) {
        return lambda.getFunctionConfiguration(
                request -> request.functionName(name).qualifier("1"));
    }

    private GetFunctionConfigurationResponse settled(String name) {
        Waiting.until(PATIENCE, () -> version(name).state() != State.PENDING);
        return version(name);
    }

    private InvokeResponse invoke(String name) {
        return lambda.invoke(request ->
                request.functionName(name).qualifier("1").logType("Tail").payload(SdkBytes.fromUtf8String("{}")));
    }

    private List<JsonNode> invokeTwiceAtOnce(String name) throws IOException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = List.of(
                    CompletableFuture.supplyAsync(() -> invoke(name), threads),
                    CompletableFuture.supplyAsync(() -> invoke(name), threads));
            var results = new ArrayList<JsonNode>();
            for (var one : running) {
                var response = one.join();
                assertThat(response.functionError())
                        .as(response.payload().asUtf8String())
                        .isNull();
                var log = new String(Base64.getDecoder().decode(response.logResult()), StandardCharsets.UTF_8);
                assertThat(log).contains("Restore Duration: ").doesNotContain("init runs");
                results.add(JSON.readTree(response.payload().asByteArray()));
            }
            return results;
        }
    }

    private void goesOnFromItsSnapshotEverywhere(String name) throws IOException {
        // when
        var published = publish(name);

        // then
        assertThat(published.state()).isEqualTo(State.PENDING);
        assertThat(published.stateReasonCodeAsString()).isEqualTo("Creating");
        assertThat(published.snapStart().optimizationStatus()).isEqualTo(SnapStartOptimizationStatus.OFF);
        assertThatThrownBy(() -> invoke(name)).isInstanceOf(SnapStartNotReadyException.class);

        var settled = settled(name);
        assertThat(settled.state()).as(settled.stateReason()).isEqualTo(State.ACTIVE);
        assertThat(settled.stateReason()).isNull();
        assertThat(settled.snapStart().applyOn()).isEqualTo(SnapStartApplyOn.PUBLISHED_VERSIONS);
        assertThat(settled.snapStart().optimizationStatus()).isEqualTo(SnapStartOptimizationStatus.ON);
        assertThat(lambda.getFunctionConfiguration(request -> request.functionName(name))
                        .snapStart()
                        .optimizationStatus())
                .isEqualTo(SnapStartOptimizationStatus.OFF);

        var drawn = new HashSet<String>();
        for (var result : invokeTwiceAtOnce(name)) {
            drawn.add(result.get("drawn").asText());
            assertThat(result.get("told").toString()).isEqualTo("[\"before\",\"after\"]");
        }
        assertThat(drawn).hasSize(1);
    }

    @Test
    void everyEnvironmentOfAPythonVersionGoesOnFromWhereItsInitEnded() throws IOException {
        var name = create(Runtime.PYTHON3_12, "app.handler", DeploymentPackage.of("app.py", PYTHON));
        goesOnFromItsSnapshotEverywhere(name);

        assertThatThrownBy(() -> lambda.putProvisionedConcurrencyConfig(
                        request -> request.functionName(name).qualifier("1").provisionedConcurrentExecutions(1)))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("is not supported for SnapStart enabled functions.");
    }

    @Test
    void everyEnvironmentOfAJavaVersionGoesOnFromWhereItsInitEnded() throws IOException {
        goesOnFromItsSnapshotEverywhere(create(Runtime.JAVA25, "Restored::handleRequest", compiled(JAVA)));
    }

    @Test
    void aVersionThatCannotBeInitialisedFails() {
        var name = create(
                Runtime.PYTHON3_12, "app.handler", DeploymentPackage.of("app.py", "raise ValueError('no such luck')"));
        publish(name);

        var failed = settled(name);

        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.stateReasonCodeAsString()).isEqualTo("FunctionError.RuntimeInitError");
        assertThat(failed.stateReason()).isEqualTo("Function.ValueError: no such luck");
        assertThatThrownBy(() -> invoke(name))
                .isInstanceOf(LambdaException.class)
                .hasMessageContaining("Failed");
    }

    private DeploymentPackage compiled(String source) throws IOException {
        var compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        var client = platform.data().resolve("worker/runtimes");
        try (var files = Files.walk(client)) {
            var jar = files.filter(file -> file.endsWith("aws-lambda-java-runtime-interface-client.jar"))
                    .findFirst();
            assumeTrue(jar.isPresent(), "the clients are elsewhere");
            var file = Files.writeString(directory.resolve("Restored.java"), source);
            assertThat(compiler.run(
                            null, null, null, "-cp", jar.get().toString(), "-d", directory.toString(), file.toString()))
                    .isZero();
        }
        return new DeploymentPackage(Map.of())
                .with("Restored.class", Files.readAllBytes(directory.resolve("Restored.class")));
    }
}
