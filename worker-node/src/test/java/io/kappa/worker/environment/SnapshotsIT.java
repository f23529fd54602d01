package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.registry.Deployment;
import io.kappa.runtimes.InstalledRuntime;
import io.kappa.worker.environment.SnapshotTaker.Outcome.FunctionFailed;
import io.kappa.worker.environment.SnapshotTaker.Outcome.Taken;
import io.kappa.worker.sandbox.SandboxImage;
import io.kappa.worker.sandbox.SandboxSettings.Kind;
import io.kappa.worker.sandbox.SnapshotsHere;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions whose environments are restored from one snapshot. */
class SnapshotsIT {
    private static final String PYTHON = """
            import os, uuid, time
            from snapshot_restore_py import register_before_snapshot, register_after_restore
            drawn = uuid.uuid4().hex
            told = []
            open("/tmp/left", "w").write("by init")
            register_before_snapshot(told.append, "before 1")
            register_before_snapshot(told.append, "before 2")
            register_after_restore(lambda: told.append("after in " + os.environ["AWS_LAMBDA_RUNTIME_API"]))
            def handler(event, context):
                told.append("event")
                if event == "exit": os._exit(3)
                time.sleep(0.3)
                return {"drawn": drawn, "told": told, "left": open("/tmp/left").read(),
                        "type": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"],
                        "stream": os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME"), "own": context.log_stream_name}
            """;
    private static final String JAVA = """
            import com.amazonaws.services.lambda.crac.Context;
            import com.amazonaws.services.lambda.crac.Core;
            import com.amazonaws.services.lambda.crac.Resource;
            import java.util.ArrayList;
            import java.util.List;
            import java.util.UUID;

            public class Restored implements Resource {
                private static final List<String> TOLD = new ArrayList<>();
                private static final String DRAWN = UUID.randomUUID().toString();

                public Restored() {
                    Core.getGlobalContext().register(this);
                }

                @Override
                public void beforeCheckpoint(Context<? extends Resource> context) {
                    TOLD.add("before");
                }

                @Override
                public void afterRestore(Context<? extends Resource> context) {
                    TOLD.add("after in " + System.getenv("AWS_LAMBDA_RUNTIME_API"));
                }

                public Object handleRequest(String event) {
                    TOLD.add("event");
                    java.util.concurrent.locks.LockSupport.parkNanos(300_000_000L);
                    return java.util.Map.of("drawn", DRAWN, "told", TOLD);
                }
            }
            """;

    @TempDir
    private Path directory;

    private Machine machine;
    private final Store store = new Store();

    /** Snapshots by what they are of. */
    private static final class Store implements SnapshotSource {
        final Map<EnvironmentKey, SandboxImage> images = new ConcurrentHashMap<>();
        final Set<EnvironmentKey> missed = ConcurrentHashMap.newKeySet();

        @Override
        public Optional<SandboxImage> find(EnvironmentKey key, Deployment deployment) {
            var found = Optional.ofNullable(images.get(key));
            if (found.isEmpty()) {
                missed.add(key);
            }
            return found;
        }

        @Override
        public void discard(EnvironmentKey key, SandboxImage image) {
            images.remove(key, image);
        }
    }

    @BeforeEach
    void openMachine() {
        machine = Machine.open(
                directory, new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(5)), Kind.OCI);
        assumeTrue(machine.takesSnapshots(), SnapshotsHere.NONE);
        machine.restoreFrom(store);
    }

    @AfterEach
    void closeMachine() {
        machine.close();
    }

    private Machine.Function python(String source) throws IOException {
        assumeTrue(restores(RuntimeIdentifier.PYTHON3_12), "no Python 3.12 or newer here");
        return machine.function(RuntimeIdentifier.PYTHON3_12, "app.handler", 2, Map.of("app.py", source))
                .published();
    }

    private boolean restores(RuntimeIdentifier runtime) {
        return machine.runtimes.find(runtime).filter(InstalledRuntime::restores).isPresent();
    }

    private void snapshot(Machine.Function function) throws Exception {
        var outcome = function.takeSnapshot();
        assertThat(outcome).as(machine.log.toString()).isInstanceOf(Taken.class);
        store.images.put(function.key(), ((Taken) outcome).image());
    }

    @Test
    void everyEnvironmentOfAPythonFunctionGoesOnFromItsSnapshot() throws Exception {
        // given
        var function = python(PYTHON);
        snapshot(function);

        // when
        var first = function.start("1", true);
        var second = function.start("1", true);

        // then
        var results = List.of(first.get(), second.get());
        var drawn = new HashSet<String>();
        var places = new HashSet<String>();
        for (var result : results) {
            assertThat(result.error()).as(result.payload()).isFalse();
            drawn.add(value(result.payload(), "\"drawn\": \""));
            places.add(value(result.payload(), "after in "));
            assertThat(result.payload())
                    .contains("[\"before 2\", \"before 1\", \"after in ")
                    .contains("\"left\": \"by init\"", "\"type\": \"snap-start\"", "\"stream\": null");
            assertThat(result.tail())
                    .contains("Restore Duration: ", "Billed Restore Duration: ")
                    .doesNotContain("Init Duration");
        }
        assertThat(drawn).hasSize(1);
        assertThat(places).hasSize(2);
        assertThat(machine.log)
                .anyMatch(line -> line.startsWith("RESTORE_START Runtime Version: python:3."))
                .anyMatch(line -> line.matches("RESTORE_REPORT Restore Duration: \\d+\\.\\d\\d ms"));
        assertThat(machine.log.stream().filter(line -> line.startsWith("INIT_START")))
                .hasSize(1);
    }

    @Test
    void everyEnvironmentOfAJavaFunctionGoesOnFromItsSnapshot() throws Exception {
        // given
        assumeTrue(restores(RuntimeIdentifier.JAVA25), "no Java 25 or newer here");
        var function = machine.function(RuntimeIdentifier.JAVA25, "Restored::handleRequest", 5, Map.of())
                .published();
        compile(JAVA, function.code());
        snapshot(function);

        // when
        var first = function.start("\"x\"", true);
        var second = function.start("\"x\"", true);

        // then
        var drawn = new HashSet<String>();
        for (var result : List.of(first.get(), second.get())) {
            assertThat(result.error()).as(result.payload() + machine.log).isFalse();
            drawn.add(value(result.payload(), "\"drawn\":\""));
            assertThat(result.payload()).contains("[\"before\",\"after in 127.0.0.1:");
            assertThat(result.tail()).contains("Restore Duration: ");
        }
        assertThat(drawn).hasSize(1);
    }

    @Test
    void aRuntimeThatWasLostIsRestoredAgain() throws Exception {
        var function = python(PYTHON);
        snapshot(function);
        var drawn = value(function.invoke("1").payload(), "\"drawn\": \"");

        assertThat(function.invoke("\"exit\"").payload()).contains("exit status 3");
        var after = function.invoke("1").payload();

        assertThat(after).contains("\"drawn\": \"" + drawn).contains("\"event\"]");
        assertThat(machine.meters.get("kappa.worker.restores").timer().count()).isEqualTo(2);
    }

    @Test
    void withoutASnapshotOrWithABrokenOneTheFunctionIsInitialisedAndItsHooksRunAllTheSame() throws Exception {
        var function = python(PYTHON);

        var ordinary = function.invoke("1");
        assertThat(ordinary.payload()).contains("[\"before 2\", \"before 1\", \"after in ", "\"type\": \"snap-start\"");
        assertThat(ordinary.tail()).contains("Init Duration: ");
        assertThat(store.missed).containsExactly(function.key());

        var other = python(PYTHON);
        snapshot(other);
        var image = Objects.requireNonNull(store.images.get(other.key()));
        Files.delete(image.directory().resolve("processes").resolve("inventory.img"));
        assertThat(other.invoke("1").payload()).contains("\"after in ");
        assertThat(store.images).isEmpty();
        assertThat(machine.meters.get("kappa.worker.restore.failures").counter().count())
                .isEqualTo(1);
    }

    @Test
    void anInitOrAHookThatFailsIsToldInsteadOfASnapshot() throws Exception {
        assertThat(python("raise ValueError('boom')").takeSnapshot())
                .isEqualTo(new FunctionFailed("Function.ValueError", "boom"));
        assertThat(python("""
                        from snapshot_restore_py import register_before_snapshot
                        register_before_snapshot(lambda: 1 / 0)
                        def handler(event, context): pass
                        """).takeSnapshot())
                .isEqualTo(new FunctionFailed("Runtime.BeforeSnapshotError", "division by zero"));
    }

    @Test
    void aHookThatFailsAfterTheRestoreFailsTheInvocation() throws Exception {
        var function = python("""
                from snapshot_restore_py import register_after_restore
                register_after_restore(lambda: 1 / 0)
                def handler(event, context): pass
                """);
        snapshot(function);

        assertThat(function.invoke("1").payload()).contains("\"errorType\": \"ZeroDivisionError\"");
        assertThat(machine.log)
                .anyMatch(
                        line -> line.matches(
                                "RESTORE_REPORT Restore Duration: .* ms\tStatus: error\tError Type: Runtime.AfterRestoreError"));
    }

    private static String value(String text, String behind) {
        int start = text.indexOf(behind) + behind.length();
        return text.substring(start, text.indexOf('"', start));
    }

    private void compile(String source, Path into) throws IOException {
        var file = Files.writeString(directory.resolve("Restored.java"), source);
        var client = machine.runtimes
                .directory()
                .resolve("java/lib/aws-lambda-java-runtime-interface-client.jar")
                .toString();
        assertThat(Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                        .run(null, null, null, "-cp", client, "-d", into.toString(), file.toString()))
                .isZero();
    }
}
