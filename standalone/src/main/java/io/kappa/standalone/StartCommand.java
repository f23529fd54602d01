package io.kappa.standalone;

import ch.qos.logback.classic.Level;
import io.kappa.kit.process.End;
import io.kappa.kit.process.Explanation;
import io.kappa.kit.settings.Settings;
import io.kappa.kit.settings.SettingsException;
import io.kappa.standalone.demo.Demo;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the platform until it is told to stop. */
@Command(
        name = "start",
        description = {
            "Runs the platform in the foreground: the Lambda API, worker nodes and a Kafka broker.",
            "Ctrl-C or SIGTERM finishes what runs and ends it; Ctrl-C again ends it at once."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Kappa.Version.class,
        sortOptions = false)
final class StartCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(StartCommand.class);

    private static final String DEMO_RETRY_DELAYS = "1s,2s";
    private static final String DEMO_MAPPING_RETRY_WAIT = "100ms";

    @Option(names = "--demo", description = "Deploys sample functions once the platform runs, and invokes them.")
    private boolean demo;

    /** For the launcher, which keeps what the JVM learns meanwhile. */
    @Option(names = "--rehearse", hidden = true, description = "Ends as soon as everything has been done once.")
    private boolean rehearse;

    @Option(names = "--port", paramLabel = "PORT", description = "Of the Lambda API. Default: 9000.")
    private @Nullable String port;

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            description = "Of /health/live, /health/ready and /metrics. Default: 9001.")
    private @Nullable String managementPort;

    @Option(names = "--kafka-port", paramLabel = "PORT", description = "Of the Kafka broker. Default: 9092.")
    private @Nullable String kafkaPort;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Worker nodes, which share the memory for functions; up to 16. Default: 1.")
    private @Nullable String workers;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keeps everything that outlives the process. Default: ~/.kappa/data.")
    private @Nullable String data;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {
                "Any other setting; may be given many times.",
                "With kafka.bootstrap-servers, Kappa uses that cluster and starts no broker."
            })
    private final Map<String, String> set = new LinkedHashMap<>();

    @Override
    public Integer call() {
        var settings = new Settings(PlatformSettings.withDefaults(given()));
        PlatformSettings read;
        try {
            read = PlatformSettings.from(settings);
            settings.check();
        } catch (SettingsException e) {
            String.valueOf(e.getMessage()).lines().forEach(problem -> System.err.println("kappa: " + problem));
            return Kappa.WRONG_ARGUMENTS;
        }
        if (demo) {
            quieten();
        }
        LOG.atDebug().addKeyValue("settings", settings.effective()).log("effective settings");
        return run(read, System.out);
    }

    private Map<String, String> given() {
        var given = new LinkedHashMap<>(set);
        give(given, "router.port", port);
        give(given, "management.port", managementPort);
        give(given, "standalone.kafka-port", kafkaPort);
        give(given, "standalone.workers", workers);
        give(given, "standalone.data-directory", data);
        if (demo) {
            // Nobody watches a demo for three minutes.
            given.putIfAbsent("async-queue.retry-delays", DEMO_RETRY_DELAYS);
            given.putIfAbsent("mapper.retry.first-wait", DEMO_MAPPING_RETRY_WAIT);
        }
        return given;
    }

    private static void give(Map<String, String> given, String key, @Nullable String value) {
        if (value != null) {
            given.put(key, value);
        }
    }

    private int run(PlatformSettings settings, PrintStream out) {
        var end = new End();
        end.comeWithSignals();
        try (var progress = new Progress(out, end::hasCome);
                var platform = Platform.start(settings, progress)) {
            var _ = platform.failure().thenAccept(end::failed);
            out.println(new Introduction(platform.addresses(), settings.data()).text(StartTime.elapsed()));
            if (demo) {
                Thread.ofVirtual().name("demo").start(() -> demonstrate(platform.addresses(), out, end));
            } else {
                afterwards(out, end);
            }
            var problem = end.await();
            out.println("Stopping: " + problem.orElse("what runs is finished first."));
            return problem.map(StartCommand::refused).orElse(0);
        } catch (Progress.StoppedException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Kappa.COULD_NOT;
        } catch (IOException | UncheckedIOException | IllegalStateException | CompletionException | KafkaException e) {
            // What a person can do something about. Anything else is a defect, and leaves with its stack trace.
            LOG.atDebug().setCause(e).log("start failed");
            return refused(Explanation.of(e));
        }
    }

    /** What services say of themselves would stand between the lines of the demo. */
    private static void quieten() {
        if (LoggerFactory.getLogger("io.kappa") instanceof ch.qos.logback.classic.Logger logger) {
            logger.setLevel(Level.WARN);
        }
    }

    private static int refused(String why) {
        System.err.println("kappa: " + why);
        return Kappa.COULD_NOT;
    }

    private void demonstrate(Platform.Addresses platform, PrintStream out, End end) {
        try {
            new Demo(
                            platform.endpoint(),
                            platform.management(),
                            platform.kafka(),
                            platform.workers().getFirst().runtimes(),
                            out)
                    .run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            if (!end.hasCome()) {
                out.println("The demo broke off: " + Explanation.of(e));
                LOG.atDebug().setCause(e).log("demo failed");
            }
        }
        afterwards(out, end);
    }

    private void afterwards(PrintStream out, End end) {
        if (rehearse) {
            end.asked();
        } else if (!end.hasCome()) {
            out.println("Ctrl-C stops the platform.");
        }
    }
}
