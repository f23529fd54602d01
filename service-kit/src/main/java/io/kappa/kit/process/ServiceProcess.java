package io.kappa.kit.process;

import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementServer;
import io.kappa.kit.management.ManagementSettings;
import io.kappa.kit.management.ProcessMetrics;
import io.kappa.kit.settings.Settings;
import io.kappa.kit.settings.SettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service as a process of its own: told by arguments, environment and files ({@link GivenSettings}), with health and metrics on the
 * management port from the first moment. SIGTERM takes it out of readiness, finishes what runs, and ends it with 0. What it depends on must be
 * there when it starts: where it is not, the process ends with 1, and whoever started it starts it again. Wrong settings end it with 2.
 */
public final class ServiceProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);
    private static final int COULD_NOT = 1;
    private static final int WRONG_SETTINGS = 2;

    private final String service;
    private final Lifecycle lifecycle = new Lifecycle();
    private final Health health = new Health();
    private volatile Optional<String> unready = Optional.of("starting");

    /** Builds a service in a process. */
    @FunctionalInterface
    public interface Assembly<S> {
        void assemble(S settings, KafkaSettings kafka, ServiceContext context) throws IOException, InterruptedException;
    }

    /** Everything that a process is told. */
    private record Told<S>(S service, KafkaSettings kafka, ManagementSettings management) {}

    private ServiceProcess(String service) {
        this.service = service;
        health.readyWhen("process", () -> unready);
    }

    /** Runs a service until it is told to end, and ends this JVM then. */
    public static <S> void run(
            String service, String[] arguments, Function<Settings, S> settings, Assembly<S> assembly) {
        var end = new End();
        end.comeWithSignals();
        System.exit(run(service, List.of(arguments), System.getenv(), settings, assembly, end, System.err));
    }

    static <S> int run(
            String service,
            List<String> arguments,
            Map<String, String> environment,
            Function<Settings, S> settings,
            Assembly<S> assembly,
            End end,
            PrintStream complaints) {
        Told<S> told;
        try {
            var given = GivenSettings.of(arguments, environment);
            told = new Told<>(settings.apply(given), KafkaSettings.from(given), ManagementSettings.from(given));
            given.check();
            LOG.atInfo()
                    .addKeyValue("service", service)
                    .addKeyValue("settings", given.effective())
                    .log("service is starting");
        } catch (SettingsException e) {
            String.valueOf(e.getMessage()).lines().forEach(line -> complaints.println(service + ": " + line));
            return WRONG_SETTINGS;
        }
        var problem = new ServiceProcess(service).live(told, assembly, end);
        problem.ifPresent(what -> complaints.println(service + ": " + what));
        return problem.isPresent() ? COULD_NOT : 0;
    }

    /** Starts on a thread of its own, so that a start that waits for something can be ended too. Answers what went wrong, if anything did. */
    private <S> Optional<String> live(Told<S> told, Assembly<S> assembly, End end) {
        var start = Thread.ofPlatform().name("start").start(() -> start(told, assembly, end));
        var problem = end.await();
        unready = Optional.of("stopping");
        LOG.atInfo().addKeyValue("service", service).log("service is stopping: what runs is finished first");
        start.interrupt();
        lifecycle.close();
        return problem;
    }

    private <S> void start(Told<S> told, Assembly<S> assembly, End end) {
        try {
            var vertx = vertx();
            var metrics = lifecycle.own(new ProcessMetrics()).registry();
            var management = lifecycle.own(ManagementServer.start(vertx, told.management(), health, metrics));
            assembly.assemble(
                    told.service(),
                    told.kafka(),
                    new ServiceContext(vertx, lifecycle, metrics, health, management.api(), Clock.systemUTC()));
            unready = Optional.empty();
            LOG.atInfo().addKeyValue("service", service).log("service has started");
        } catch (InterruptedException e) {
            end.asked(); // It was, or else nobody would interrupt.
        } catch (IOException | UncheckedIOException | IllegalStateException | CompletionException | KafkaException e) {
            // What a person can do something about; the log has the rest.
            LOG.atDebug().setCause(e).log("start failed");
            end.failed(Explanation.of(e));
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("start failed");
            end.failed(Explanation.of(e));
        }
    }

    /** Without the caches of files that it unpacks, since nothing is served from the class path. */
    private Vertx vertx() {
        var files = new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        var vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(files));
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        return vertx;
    }
}
